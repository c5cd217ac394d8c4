//! The migrations are embedded at compile time, so a new one must compile the gateway anew.

fn main() {
    println!("cargo::rerun-if-changed=migrations");
}
