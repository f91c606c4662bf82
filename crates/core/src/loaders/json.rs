//! Answers as JSON.

use serde::ser::{Serialize, Serializer};

use super::answer::{Blocker, LoaderAnswer};
use crate::json::{Number, object};

impl Serialize for LoaderAnswer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "loader": self.loader,
            "version": self.version,
            "loads": self.loads.as_str(),
            "blockers": self.blockers,
            "allow": self.allow,
        })
    }
}

impl Serialize for Blocker {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        object!(serializer, {
            "what": self.what,
            "detail": self.detail,
            "global": self.global,
            "opcode": self.opcode,
            "class": self.class,
            "effect": self.effect.map(|effect| effect.as_str()),
            "member": self.member,
            "offset": self.offset.map(Number),
            "count": Number(self.count),
        })
    }
}
