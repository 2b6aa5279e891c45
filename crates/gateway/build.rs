//! Builds again when the web app was built again: its files stand inside the binary.

fn main() {
    let built = std::path::Path::new("../../web/shop/dist/index.html");
    // Until it is built for the first time, its folder is watched instead: a path that does not exist would mean "always".
    let watched = if built.exists() { "../../web/shop/dist" } else { "../../web/shop" };
    println!("cargo:rerun-if-changed={watched}");
}
