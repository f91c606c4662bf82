//! What the linker has to know of Node.

fn main() {
    napi_build::setup();
}
