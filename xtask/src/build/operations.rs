//! Generates `bin/operations.json`: the table of operations with the documentation and parameters of each, for the
//! command, the page and the tests.

use crate::{Result, tool};
use openprospect::operations::{Composition, Documented, Input, OPERATIONS, Operation, Output};
use serde_json::{Value, json};
use std::path::Path;

/// Returns the JSON. `types` is the `.d.ts` file of the package.
pub fn json(types: &Path) -> Result<String> {
    let table = Value::from_iter(OPERATIONS.iter().map(row)).to_string();
    tool::capture(tool::at_root("node").arg("xtask/src/build/operations.mjs").arg(types).arg(table))
}

fn row(operation: &Operation) -> Value {
    let input = match operation.input {
        Input::None => Value::Null,
        Input::Query => json!({ "kind": "query" }),
        Input::Body => json!({ "kind": "body" }),
        Input::Order => json!({ "kind": "order" }),
        Input::List(name) => json!({ "kind": "list", "name": name }),
    };
    let documented = match operation.documented {
        Documented::Listed => "listed",
        Documented::Page => "page",
        Documented::Legacy => "legacy",
    };
    let composed = operation.composed.map(|(composition, name)| {
        let kind = match composition {
            Composition::Pages => "pages",
            Composition::Wait => "wait",
            Composition::Edit => "edit",
        };
        json!({ "kind": kind, "name": name })
    });
    json!({
        "key": format!("{}.{}", operation.namespace, operation.name),
        "namespace": operation.namespace,
        "name": operation.name,
        "method": operation.method.name(),
        "path": operation.path,
        "ids": operation.path.split(['{', '}']).skip(1).step_by(2).collect::<Vec<_>>(),
        "scopes": operation.scopes,
        "input": input,
        "isPage": matches!(operation.output, Output::Page(_)),
        "documented": documented,
        "hasIdempotencyKey": operation.has_idempotency_key,
        "batchSize": operation.batch_size,
        "composed": composed,
    })
}
