//! A host as it is: the program itself, over TLS, asked by the driver that nodes use.

#[path = "../../../amparo-store/tests/it/conformance.rs"]
mod conformance;
mod place;

use amparo_store::Store;
use conformance::Driver;
use place::{Node, Place};

/// An office's node, and the host it joined.
struct Hosted {
    node: Node,
    _place: Place,
}

impl Driver for Hosted {
    fn open(&mut self) -> Box<dyn Store> {
        Box::new(self.node.open())
    }
    fn note(&self, text: &str) -> Vec<u8> {
        self.node.key.note(text)
    }
    fn is_shared(&self) -> bool {
        true
    }
}

fn drivers() -> Vec<Box<dyn Driver>> {
    let place = Place::start();
    vec![Box::new(Hosted { node: Node::join(&place), _place: place })]
}
