//! What `fetch` returns, and its body as text, up to a maximum size.

use super::platform::awaited;
use alloc::string::String;
use js_sys::{ArrayBuffer, JsString, Uint8Array};
use wasm_bindgen::prelude::*;

/// Maximum size of an error body, in bytes. The rest is not read.
pub const MAX_ERROR_BODY: u32 = 1024 * 1024;
/// Maximum size of a success body, in bytes. Parsed, it may take 23 times as much memory, and an engine that runs out
/// of memory ends the process.
pub const MAX_BODY: u32 = 64 * MAX_ERROR_BODY;

#[wasm_bindgen(module = "/src/wasm/js/environment.js")]
extern "C" {
    #[wasm_bindgen(thread_local_v2, js_name = STREAM)]
    static STREAM: JsValue;
    #[wasm_bindgen(catch, js_name = createTextDecoder)]
    fn create_text_decoder() -> Result<TextDecoder, JsValue>;
}

// web-sys relies on the standard's types. A wrapper or a test double may return anything, whose members may throw.
// Bodies are kept as JavaScript strings.
#[wasm_bindgen]
extern "C" {
    #[derive(Clone)]
    pub type FetchResponse;
    #[wasm_bindgen(method, getter, catch)]
    pub fn status(this: &FetchResponse) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = type)]
    pub fn kind(this: &FetchResponse) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn headers(this: &FetchResponse) -> Result<Headers, JsValue>;
    #[wasm_bindgen(method, getter, catch)]
    fn body(this: &FetchResponse) -> Result<JsValue, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn text(this: &FetchResponse) -> Result<JsValue, JsValue>;

    pub type Headers;
    #[wasm_bindgen(method, catch)]
    fn get(this: &Headers, name: &str) -> Result<JsValue, JsValue>;

    type Stream;
    #[wasm_bindgen(method, catch, js_name = getReader)]
    fn reader(this: &Stream) -> Result<Reader, JsValue>;
    #[wasm_bindgen(method, getter, catch, js_name = getReader)]
    fn reader_method(this: &Stream) -> Result<JsValue, JsValue>;
    type Reader;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Reader) -> Result<JsValue, JsValue>;
    type Chunk;
    #[wasm_bindgen(method, getter, catch)]
    fn value(this: &Chunk) -> Result<JsValue, JsValue>;

    type TextDecoder;
    #[wasm_bindgen(method, catch)]
    fn decode(this: &TextDecoder, bytes: &JsValue, options: &JsValue) -> Result<JsString, JsValue>;
}

/// Reads a body as text, and returns whether it was read to its end. The platform's own `text()` has no limit: at 2 GiB
/// it crashes Node.
pub async fn read_text(response: &FetchResponse, max_bytes: u32, text: &mut JsString) -> Result<bool, JsValue> {
    // Bun creates a stream as soon as `body` is read.
    let stream = if max_bytes == MAX_BODY && is_bounded(response) { None } else { Some(response.body()?) };
    let Some(stream) = stream.filter(is_readable) else {
        let whole = awaited(&response.text()?).await?;
        *text = whole.dyn_into().map_err(|_| js_sys::TypeError::new("the response's text is not a string"))?;
        return Ok(true);
    };
    let reader = stream.unchecked_ref::<Stream>().reader()?;
    let decoder = create_text_decoder()?;
    let mut length = 0_u32;
    while length <= max_bytes {
        let bytes = awaited(&reader.read()?).await?.unchecked_ref::<Chunk>().value()?;
        if !ArrayBuffer::is_view(&bytes) {
            // Flushes an incomplete character.
            *text = text.concat(decoder.decode(&JsValue::UNDEFINED, &JsValue::UNDEFINED)?.as_ref());
            return Ok(true);
        }
        *text = text.concat(STREAM.with(|stream| decoder.decode(&bytes, stream))?.as_ref());
        length = length.saturating_add(bytes.unchecked_ref::<Uint8Array>().byte_length());
    }
    Ok(false)
}

fn is_readable(stream: &JsValue) -> bool {
    stream.is_object() && stream.unchecked_ref::<Stream>().reader_method().is_ok_and(|method| method.is_truthy())
}

/// Whether the size of a body is known to be within the limit: Bun then takes a fifth less time. The body must not be
/// compressed, as far as the client knows: a page cannot read the encoding of a cross-origin response.
fn is_bounded(response: &FetchResponse) -> bool {
    let header = |name| header(response, name).filter(|value| !value.is_empty());
    let length = header("content-length").and_then(|length| length.parse::<u32>().ok());
    length.is_some_and(|length| length > 0 && length <= MAX_BODY)
        && response.kind().is_ok_and(|kind| kind.as_string().is_none_or(|kind| kind != "cors"))
        && header("content-encoding").is_none()
}

/// A header of a response, if it is a string.
pub fn header(response: &FetchResponse, name: &str) -> Option<String> {
    response.headers().ok()?.get(name).ok()?.as_string()
}
