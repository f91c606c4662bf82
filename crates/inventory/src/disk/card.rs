//! What the card of a model, or the configuration of an adapter, says about it.

use serde::Deserialize;

use super::draft::Tells;
use super::model::Card;
use crate::read::yaml_texts;

/// How many values of a list are kept, and how long one may be.
const MOST: usize = 100;
const LONGEST: usize = 300;

/// What a file says.
pub(super) fn read(tells: Tells, text: &[u8]) -> Option<Card> {
    match tells {
        Tells::Nothing => None,
        Tells::Card => of_card(&String::from_utf8_lossy(text)),
        Tells::Adapter => of_adapter(text),
    }
}

/// The front matter of a card: YAML between two lines of dashes.
fn of_card(text: &str) -> Option<Card> {
    let text = text.trim_start_matches('\u{feff}');
    let body = text.strip_prefix("---")?.trim_start_matches([' ', '\r']);
    let body = body.strip_prefix('\n')?;
    let end = body.find("\n---").map(|end| end + 1)?;
    let keys = ["license", "license_name", "base_model", "datasets"];
    let [mut licenses, names, base_models, datasets] = yaml_texts(body.get(..end)?, keys);
    // `other` and a name of one's own.
    if !names.is_empty() && licenses.iter().all(|license| license == "other") {
        licenses = names;
    }
    Some(Card {
        licenses: kept(licenses),
        base_models: kept(base_models),
        datasets: kept(datasets),
    })
}

#[derive(Deserialize)]
struct Adapter {
    base_model_name_or_path: Option<String>,
}

fn of_adapter(text: &[u8]) -> Option<Card> {
    let adapter: Adapter = serde_json::from_slice(text).ok()?;
    Some(Card {
        base_models: kept(adapter.base_model_name_or_path.into_iter().collect()),
        ..Card::default()
    })
}

fn kept(texts: Vec<String>) -> Vec<String> {
    let fine = |text: &String| {
        !text.is_empty() && text.len() <= LONGEST && !text.chars().any(char::is_control)
    };
    texts.into_iter().filter(fine).take(MOST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_tells() {
        let text = b"---\nlicense: other\nlicense_name: acme-1\nbase_model:\n- a/b\n- c/d\ndatasets: acme/words\n---\n# x\n";
        let card = read(Tells::Card, text).unwrap();
        assert_eq!(card.licenses, ["acme-1"]);
        assert_eq!(card.base_models, ["a/b", "c/d"]);
        assert_eq!(card.datasets, ["acme/words"]);
        assert_eq!(read(Tells::Card, b"no front matter"), None);
        let adapter = read(
            Tells::Adapter,
            b"{\"base_model_name_or_path\":\"a/b\",\"r\":8}",
        );
        assert_eq!(adapter.unwrap().base_models, ["a/b"]);
    }
}
