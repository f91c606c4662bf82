//! Which service a client talks to, by what it is made with.

use ruff_python_ast::ExprCall;

use super::eval::Evaluator;
use super::value::{Known, View};
use crate::knowledge::{self, Language};
use crate::reference::Service;
use crate::service;

/// Arguments that hold an address.
const ADDRESSES: &[&str] = &[
    "api_base",
    "azure_endpoint",
    "base_url",
    "endpoint",
    "endpoint_url",
    "host",
    "openai_api_base",
    "server_url",
];

/// The service of a client that is made by this call; `None` where only the library tells.
pub(super) fn service<'a>(
    evaluator: &Evaluator<'a, '_>,
    path: &str,
    call: &'a ExprCall,
    view: View,
) -> Option<Service> {
    let text = |expr| {
        let values = evaluator.values(expr, view);
        values
            .iter()
            .find_map(|value| value.as_text().map(str::to_owned))
    };
    let keywords = &call.arguments.keywords;
    let address = keywords.iter().find(|keyword| {
        let name = keyword.arg.as_ref().map(|name| name.as_str());
        name.is_some_and(|name| ADDRESSES.contains(&name))
    });
    // A client of the cloud is one of many services: its first argument names it.
    let named = call
        .arguments
        .args
        .first()
        .filter(|_| path.ends_with(".client"));
    if let Some(name) = named.and_then(text) {
        return match name.as_str() {
            "bedrock-runtime" | "bedrock" | "bedrock-agent-runtime" => Some(Service::Bedrock),
            "sagemaker-runtime" => Some(Service::SageMaker),
            _ => None,
        };
    }
    let on_vertex = call.arguments.find_keyword("vertexai");
    if on_vertex.is_some_and(|keyword| {
        let values = evaluator.values(&keyword.value, view);
        values
            .iter()
            .any(|value| matches!(value, Known::Bool(true)))
    }) {
        return Some(Service::Vertex);
    }
    let row = knowledge::call(Language::Python, Some(path), path, |_| false)?;
    let service = row.service?;
    // What speaks the protocol of OpenAI is known by its address.
    match address.and_then(|keyword| text(&keyword.value)) {
        Some(address) if service == Service::OpenAi => Some(of_address(&address)),
        _ => Some(service),
    }
}

/// Whose address it is; one that is not known is a server of one's own.
pub(super) fn of_address(address: &str) -> Service {
    let whole = match address.contains("://") {
        true => address.to_owned(),
        false => format!("https://{address}"),
    };
    service::of_address(&whole).unwrap_or(Service::LocalServer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_tell_the_service() {
        assert_eq!(
            of_address("https://openrouter.ai/api/v1"),
            Service::OpenRouter
        );
        assert_eq!(of_address("https://acme.openai.azure.com"), Service::Azure);
        assert_eq!(of_address("http://localhost:8000/v1"), Service::LocalServer);
        assert_eq!(of_address("https://api.openai.com/v1"), Service::OpenAi);
    }
}
