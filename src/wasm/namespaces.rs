//! The exported namespaces: `client.orders.list(…)` and so on, generated from the table of operations.

#![allow(non_snake_case, reason = "the names are those that JavaScript sees")]

use super::client::OpenProspect;
use super::compose::{self, Arguments};
use super::state::ClientState;
use crate::operations::{find, index_of, operations};
use alloc::rc::Rc;
use js_sys::Promise;
use wasm_bindgen::prelude::*;

/// Generates a class for each namespace, and a getter on the client; for each operation a method, and the method
/// composed of it.
macro_rules! namespaces {
    ($(
        $(#[$namespace_doc:meta])*
        namespace $namespace:ident: $class:ident {$(
            $(#[$doc:meta])*
            $name:ident($($id:ident)?)
                $(query $query_type:literal)?
                $(body $body:ident: $_input:ident $(($_list:literal))? $body_type:literal)?
                -> $_output:ident $(($_legacy:literal))? $type:literal
                = $_method:ident $_path:literal [$($_scope:literal),*] $_documented:ident
                $(, $_known:ident($($_value:expr)?))*
                $($(#[$also_doc:meta])* also $composition:ident $also:ident $($also_type:literal)+)?;
        )*}
    )*) => {$(
        $(#[$namespace_doc])*
        #[wasm_bindgen]
        pub struct $class(Rc<ClientState>);

        #[wasm_bindgen]
        impl OpenProspect {
            $(#[$namespace_doc])*
            #[wasm_bindgen(getter, js_name = $namespace)]
            pub fn $namespace(&self) -> $class {
                $class(Rc::clone(&self.client))
            }
        }

        #[wasm_bindgen]
        impl $class {
            $(
                $(#[$doc])*
                #[wasm_bindgen(js_name = $name, unchecked_return_type = $type)]
                pub fn $name(
                    &self,
                    $(#[wasm_bindgen(js_name = $id, unchecked_param_type = "string")] $id: JsValue,)?
                    $(#[wasm_bindgen(js_name = params, unchecked_optional_param_type = $query_type)] params: JsValue,)?
                    $(#[wasm_bindgen(js_name = $body, unchecked_param_type = $body_type)] $body: JsValue,)?
                    #[wasm_bindgen(js_name = options, unchecked_optional_param_type = "CallOptions")] options: JsValue,
                ) -> Promise {
                    let arguments = Arguments { id: argument!($($id)?), given: argument!($($body)? $(params $query_type)?), options };
                    compose::invoke(&self.0, const { find(stringify!($namespace), stringify!($name)) }, arguments)
                }
            )*
        }

        $(composed! {
            [$($composition $also: $($also_type)+, $(#[$also_doc])*)?] $class($($id)?) $(query $query_type)?,
            (stringify!($namespace), stringify!($name))
        })*
    )*};
}

/// An argument of a method, or `undefined` if it has none.
macro_rules! argument {
    () => {
        JsValue::UNDEFINED
    };
    ($name:ident $($_type:literal)?) => {
        $name
    };
}

/// The method that is composed of an operation.
macro_rules! composed {
    ([] $($operation:tt)*) => {};
    ([Pages $name:ident: $type:literal, $(#[$doc:meta])*] $class:ident($($id:ident)?) query $query_type:literal, ($namespace:expr, $operation:expr)) => {
        #[wasm_bindgen]
        impl $class {
            $(#[$doc])*
            #[wasm_bindgen(js_name = $name, unchecked_return_type = $type)]
            pub fn $name(
                &self,
                $(#[wasm_bindgen(js_name = $id, unchecked_param_type = "string")] $id: JsValue,)?
                #[wasm_bindgen(js_name = params, unchecked_optional_param_type = $query_type)] params: JsValue,
                #[wasm_bindgen(js_name = options, unchecked_optional_param_type = "CallOptions")] options: JsValue,
            ) -> JsValue {
                compose::all(const { index_of($namespace, $operation) }, Arguments { id: argument!($($id)?), given: params, options })
            }
        }
    };
    ([Wait $name:ident: $options_type:literal $type:literal $all_type:literal, $(#[$doc:meta])*] $class:ident($id:ident), ($namespace:expr, $operation:expr)) => {
        #[wasm_bindgen]
        impl $class {
            $(#[$doc])*
            #[wasm_bindgen(js_name = $name, unchecked_return_type = $type)]
            pub fn $name(
                &self,
                #[wasm_bindgen(js_name = $id, unchecked_param_type = "string")] $id: JsValue,
                #[wasm_bindgen(js_name = options, unchecked_optional_param_type = $options_type)] options: JsValue,
            ) -> Promise {
                compose::wait(&self.0, const { find($namespace, $operation) }, Arguments { id: $id, given: JsValue::UNDEFINED, options })
            }

            /// Polls several jobs together until each has ended, with one request for many of them where a list shows
            /// them. Returns what each ended with, in the order of the ids: the resource, or the error that `wait` throws.
            /// What concerns all of them is thrown, such as a passed deadline.
            #[wasm_bindgen(js_name = waitAll, unchecked_return_type = $all_type)]
            pub fn waitAll(
                &self,
                #[wasm_bindgen(js_name = ids, unchecked_param_type = "readonly string[]")] ids: JsValue,
                #[wasm_bindgen(js_name = options, unchecked_optional_param_type = $options_type)] options: JsValue,
            ) -> Promise {
                compose::wait_all(&self.0, const { find($namespace, $operation) }, Arguments { id: ids, given: JsValue::UNDEFINED, options })
            }
        }
    };
    ([Edit $name:ident: $change_type:literal $options_type:literal $type:literal, $(#[$doc:meta])*] $class:ident($id:ident), ($namespace:expr, $operation:expr)) => {
        #[wasm_bindgen]
        impl $class {
            $(#[$doc])*
            #[wasm_bindgen(js_name = $name, unchecked_return_type = $type)]
            pub fn $name(
                &self,
                #[wasm_bindgen(js_name = $id, unchecked_param_type = "string")] $id: JsValue,
                #[wasm_bindgen(js_name = change, unchecked_param_type = $change_type)] change: JsValue,
                #[wasm_bindgen(js_name = options, unchecked_optional_param_type = $options_type)] options: JsValue,
            ) -> Promise {
                compose::edit(&self.0, const { find($namespace, $operation) }, Arguments { id: $id, given: change, options })
            }
        }
    };
}

operations!(namespaces);
