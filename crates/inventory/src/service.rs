//! Which service a text names: an address, a `provider/model`, the name of a model, a variable.

use crate::knowledge;
use crate::reference::Service;

/// The service that is called at this address; [`Service::LocalServer`] for one of this machine or of a
/// network of one's own, `None` for any other.
pub(crate) fn of_address(text: &str) -> Option<Service> {
    let (scheme, rest) = text.split_once("://")?;
    if !matches!(scheme, "http" | "https" | "wss" | "ws") {
        return None;
    }
    let rest = rest
        .split_once('@')
        .filter(|(user, _)| !user.contains('/'))
        .map_or(rest, |(_, rest)| rest);
    let end = rest.find(['/', '?', '#']).unwrap_or(rest.len());
    let authority = rest.get(..end)?.to_ascii_lowercase();
    let host = authority.split(':').next().unwrap_or_default();
    let rows = &knowledge::tables().services;
    let known = rows
        .iter()
        .find(|row| row.hosts.iter().any(|known| is_host(known, host)));
    known
        .map(|row| row.service)
        .or_else(|| is_own_host(host).then_some(Service::LocalServer))
}

/// Whether a host is a known one, or lies below it.
fn is_host(known: &str, host: &str) -> bool {
    // Ports and paths of one's own servers are told by `is_own_host`.
    if known.contains([':', '/']) {
        return false;
    }
    if known.contains('*') {
        return knowledge::is_like(known, host);
    }
    host.strip_suffix(known)
        .is_some_and(|before| before.is_empty() || before.ends_with(['.', '-']))
}

/// Whether a host is one of this machine or of a network of one's own.
fn is_own_host(host: &str) -> bool {
    let ends = [".local", ".internal", ".lan", ".localhost", ".svc"];
    let is_private = host.parse::<std::net::Ipv4Addr>().is_ok_and(|address| {
        address.is_loopback() || address.is_private() || address.is_unspecified()
    });
    is_private
        || host == "[::1]"
        || (!host.is_empty() && !host.contains(['.', '[', '$', '{']))
        || ends.iter().any(|end| host.ends_with(end))
}

/// The service of a provider, as gateways name them.
pub(crate) fn of_provider(name: &str) -> Option<Service> {
    let name = name.to_ascii_lowercase().replace('-', "_");
    let rows = knowledge::tables().services.iter();
    let mut rows = rows.filter(|row| {
        let mut prefixes = row.provider_prefixes.iter();
        prefixes.any(|prefix| prefix.replace('-', "_") == name)
    });
    rows.next().map(|row| row.service)
}

/// The service that has a model of this name.
pub(crate) fn of_model(name: &str) -> Option<Service> {
    // Open weights of a vendor have its names without being called there.
    if name.starts_with("gpt-oss") || name.contains(char::is_whitespace) {
        return None;
    }
    let rows = knowledge::tables().services.iter();
    let mut rows = rows.filter(|row| {
        row.model_prefixes
            .iter()
            .any(|prefix| is_model(prefix, name))
    });
    rows.next().map(|row| row.service)
}

fn is_model(prefix: &str, name: &str) -> bool {
    let Some(rest) = name.strip_prefix(prefix) else {
        return false;
    };
    // `o1`, `o1-mini`, not `o1234`.
    prefix.ends_with(['-', '.', '/', '_']) || rest.is_empty() || rest.starts_with(['-', '.', ':'])
}

/// `provider/model` or `provider:model` of a gateway: the service, and the rest. Where an organization of
/// the hub has the name of a provider, the rest has to be a model of that provider.
pub(crate) fn of_gateway(text: &str) -> Option<(Service, &str)> {
    let (provider, rest) = text.split_once(['/', ':'])?;
    let service = of_provider(provider)?;
    let is_sure = |provider: &str| {
        let mut rows = knowledge::tables().services.iter();
        rows.any(|row| row.sure_prefixes.iter().any(|sure| sure == provider))
    };
    let is_sure = text.as_bytes().get(provider.len()) == Some(&b':')
        || of_model(rest).is_some()
        || is_sure(provider);
    let is_name = !rest.is_empty() && !rest.starts_with('/') && !rest.contains(char::is_whitespace);
    (is_sure && is_name).then_some((service, rest))
}

/// The service that a variable of the environment holds the key or the address of.
pub(crate) fn of_variable(name: &str) -> Option<Service> {
    let rows = knowledge::tables().services.iter();
    let mut rows = rows.filter(|row| row.environment.iter().any(|known| known == name));
    rows.next().map(|row| row.service)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_name_services() {
        let of = of_address;
        assert_eq!(of("https://api.openai.com/v1"), Some(Service::OpenAi));
        assert_eq!(of("https://acme.openai.azure.com/"), Some(Service::Azure));
        assert_eq!(
            of("https://bedrock-runtime.eu-west-3.amazonaws.com"),
            Some(Service::Bedrock)
        );
        assert_eq!(of("http://127.0.0.1:8080/v1"), Some(Service::LocalServer));
        assert_eq!(of("http://vllm:8000/v1"), Some(Service::LocalServer));
        assert_eq!(of("https://example.com/api.openai.com"), None);
        assert_eq!(of("https://notapi.openai.com.example.org"), None);
    }

    #[test]
    fn names_of_models_name_services() {
        assert_eq!(of_model("gpt-4o-mini"), Some(Service::OpenAi));
        assert_eq!(of_model("o1"), Some(Service::OpenAi));
        assert_eq!(of_model("o12"), None);
        assert_eq!(of_model("gpt-oss-20b"), None);
        let azure = of_gateway("azure/our-deployment").map(|(service, _)| service);
        assert_eq!(azure, Some(Service::Azure));
        assert_eq!(of_gateway("openai/whisper-small"), None);
        assert_eq!(of_gateway("openai/gpt-oss-20b"), None);
        assert!(of_gateway("openai:gpt-4o").is_some());
        assert_eq!(of_gateway("mistralai/Mistral-7B-v0.1"), None);
    }
}
