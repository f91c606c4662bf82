//! What a user allows besides what the tables say.

use super::{Attributes, Calls, Permissions, Returns, Standing, Type};
use crate::knowledge::{Knowledge, Reached};

/// A global that a user vouches for, and what for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Allow {
    path: String,
    permit: Vec<Permit>,
    reason: Option<String>,
}

/// What a global may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Permit {
    /// It may be imported; every other permission includes this one.
    Import,
    /// It may be called, with any arguments.
    Call,
    /// What it makes may be given a state and items.
    Build,
}

impl Permit {
    /// Every permission.
    pub const ALL: [Permit; 3] = [Permit::Import, Permit::Call, Permit::Build];

    /// The fixed name used on command lines and in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Permit::Import => "import",
            Permit::Call => "call",
            Permit::Build => "build",
        }
    }
}

/// Of a global that the tables do not have.
const NOTHING: Permissions = Permissions {
    new: Calls::No,
    call: Calls::No,
    build: None,
    items: false,
    append: false,
    add: false,
    returns: Returns::Itself,
    attributes: Attributes::None,
    forwards: None,
    layout: None,
};

/// Why something cannot be allowed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AllowError {
    /// It is no module and name with a dot between.
    #[error("{0:?} is no module and name with a dot between, such as pkg.module.Class")]
    NoPath(String),
    /// There is no such permission.
    #[error("{0:?} is no permission; there are import, call and build")]
    NoPermission(String),
    /// The global is known to do harm.
    #[error("{path} cannot be allowed: it {reason}")]
    Dangerous {
        /// The global.
        path: String,
        /// What it does.
        reason: &'static str,
    },
}

impl Allow {
    /// Allows a global, given as module and name with a dot between, to be used so.
    ///
    /// # Errors
    /// Where the path is none, or where what it names is known to do harm: that cannot be allowed.
    pub fn new(path: &str, permit: &[Permit], reason: Option<&str>) -> Result<Allow, AllowError> {
        let parts: Vec<&str> = path.split('.').collect();
        let is_part = |part: &&str| {
            !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control())
        };
        if parts.len() < 2 || !parts.iter().all(is_part) {
            return Err(AllowError::NoPath(path.to_owned()));
        }
        let knowledge = Knowledge::default();
        for (at, _) in path.match_indices('.') {
            let (module, name) = (&path[..at], &path[at + 1..]);
            if let Standing::Dangerous(danger, reached) = knowledge.standing(module, name)
                && reached != Reached::Namesake
            {
                return Err(AllowError::Dangerous {
                    path: path.to_owned(),
                    reason: danger.reason,
                });
            }
        }
        let mut permit = permit.to_vec();
        permit.push(Permit::Import);
        permit.sort_unstable();
        permit.dedup();
        Ok(Allow {
            path: path.to_owned(),
            permit,
            reason: reason.map(str::to_owned),
        })
    }

    /// Reads `module.name`, which allows everything, or `module.name:import,call`.
    ///
    /// # Errors
    /// As [`Allow::new`], and where there is no such permission.
    pub fn parse(text: &str, reason: Option<&str>) -> Result<Allow, AllowError> {
        let Some((path, words)) = text.split_once(':') else {
            return Allow::new(text, &Permit::ALL, reason);
        };
        let permit = words.split(',').map(Allow::permit_named);
        Allow::new(path, &permit.collect::<Result<Vec<_>, _>>()?, reason)
    }

    /// The permission of that name.
    ///
    /// # Errors
    /// Where there is none.
    pub fn permit_named(word: &str) -> Result<Permit, AllowError> {
        let word = word.trim();
        Permit::ALL
            .into_iter()
            .find(|permit| permit.as_str() == word)
            .ok_or_else(|| AllowError::NoPermission(word.to_owned()))
    }

    /// The global: module and name with a dot between.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What it may be used for.
    #[must_use]
    pub fn permit(&self) -> &[Permit] {
        &self.permit
    }

    /// Why, as the user says.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// What the global may be used for, with what the tables permit besides.
    pub(super) fn permissions(&self, known: Option<Permissions>) -> Permissions {
        let mut permissions = known.unwrap_or(NOTHING);
        if self.permit.contains(&Permit::Call) {
            permissions.new = Calls::Any;
            permissions.call = Calls::Any;
        }
        if self.permit.contains(&Permit::Build) {
            permissions.build = Some(Type::Any);
            permissions.items = true;
            permissions.append = true;
            permissions.add = true;
        }
        permissions
    }
}
