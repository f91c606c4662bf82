//! What strings refer to.

use super::*;

fn of(text: &str, form: Form) -> (Option<Hub>, String, Option<String>) {
    let judged = judge(text, form).unwrap();
    (judged.hub, judged.id, judged.revision)
}

#[test]
fn hub_ids() {
    assert_eq!(
        of("owner/name", Form::HubId),
        (None, "owner/name".into(), None)
    );
    assert_eq!(of("gpt2", Form::HubId), (None, "gpt2".into(), None));
    for path in ["./x/y", "/x", "~/x", "../x", "a/b/c", "C:\\x"] {
        assert_eq!(of(path, Form::HubId).0, Some(Hub::Local), "{path}");
    }
    for nothing in ["", "two words", "a\nb", "naïve"] {
        assert_eq!(judge(nothing, Form::HubId), None, "{nothing}");
    }
    assert!(judge("checkpoints/best", Form::HubId).unwrap().confusable);
    assert!(!judge("owner/best", Form::HubId).unwrap().confusable);
}

#[test]
fn addresses() {
    let sha = "0123456789abcdef0123456789abcdef01234567";
    let url = format!("https://huggingface.co/o/n/resolve/{sha}/model.bin?download=true");
    let (hub, id, revision) = of(&url, Form::HubId);
    assert_eq!(
        (hub, &*id, revision.as_deref()),
        (Some(Hub::HuggingFace), "o/n", Some(sha))
    );
    let data = judge("https://huggingface.co/datasets/o/n", Form::Url).unwrap();
    assert_eq!((data.kind, &*data.id), (Some(Kind::Dataset), "o/n"));
    assert_eq!(judge("https://huggingface.co/docs/hub", Form::Url), None);
    // What takes an address takes any; elsewhere only one of a file that is a model counts.
    let other = judge("https://example.com/o/n", Form::Url).unwrap();
    assert_eq!(
        (other.hub, &*other.id),
        (Some(Hub::Url), "https://example.com/o/n")
    );
    assert_eq!(judge("https://example.com/o/n", Form::HubId), None);
    let file = judge("https://example.com/o/n.gguf", Form::HubId).unwrap();
    assert_eq!(file.hub, Some(Hub::Url));
    let path = judge("hf://datasets/o/n@main/a.csv", Form::Url).unwrap();
    assert_eq!(
        (path.kind, &*path.id, path.revision.as_deref()),
        (Some(Kind::Dataset), "o/n", Some("main"))
    );
    assert_eq!(of("https://huggingface.co/o/n.git", Form::Url).1, "o/n");
}

#[test]
fn names_and_tags() {
    assert_eq!(
        of("llama3.2:1b", Form::NameTag),
        (None, "llama3.2".into(), Some("1b".into()))
    );
    assert_eq!(
        of("hf.co/o/n:Q4_K_M", Form::NameTag),
        (Some(Hub::HuggingFace), "o/n".into(), None)
    );
    assert_eq!(
        of("pytorch/vision:v0.10.0", Form::GitHub).2.as_deref(),
        Some("v0.10.0")
    );
    assert_eq!(
        of("hf_hub:o/n@v1.0", Form::Prefixed),
        (Some(Hub::HuggingFace), "o/n".into(), Some("v1.0".into()))
    );
    assert_eq!(of("resnet50", Form::Prefixed).0, Some(Hub::Library));
}

#[test]
fn revisions() {
    let sha = "0123456789abcdef0123456789abcdef01234567";
    let table = [
        (sha, Pin::Commit),
        ("0123abc", Pin::ShortCommit),
        ("main", Pin::Branch),
        ("fp16", Pin::Branch),
        ("v1.0", Pin::Tag),
        ("refs/pr/4", Pin::PullRequest),
        ("deadbeef", Pin::Branch),
        ("", Pin::Branch),
    ];
    for (text, pin) in table {
        assert_eq!(revision(Some(text)).pin, pin, "{text}");
    }
    assert_eq!(revision(None).pin, Pin::None);
}
