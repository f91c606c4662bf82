//! Calls that are under way.

use std::sync::OnceLock;

use napi::bindgen_prelude::{Object, Result};
use napi::{Env, JsDeferred};
use napi_derive::napi;
use weighbridge::CancelToken;

use crate::outcome::Outcome;
use crate::pool::{self, Ticket};

/// Everything that one environment of JavaScript (the main thread, a worker) has under way. It ends
/// with the environment.
#[derive(Clone)]
pub(crate) struct Group(CancelToken);

impl Group {
    /// The group of a new environment.
    pub(crate) fn begin(env: &Env) -> Result<()> {
        let group = Group(CancelToken::new());
        env.add_env_cleanup_hook(group.clone(), |group| group.0.cancel())?;
        env.set_instance_data(group, (), |_| {})
    }

    fn of(env: &Env) -> Result<Option<Group>> {
        Ok(env.get_instance_data::<Group>()?.cloned())
    }
}

type Settle = Box<dyn FnOnce(Env) -> Result<Outcome>>;

/// One call that is under way.
#[napi]
#[derive(Default)]
pub struct Task {
    token: CancelToken,
    ticket: OnceLock<Ticket>,
}

/// Whether work is to go on, for the thread that does it.
pub(crate) struct Going {
    pub(crate) token: CancelToken,
    group: Option<Group>,
}

impl Going {
    /// Whether anybody is still there to be told.
    pub(crate) fn on(&self) -> bool {
        self.group
            .as_ref()
            .is_none_or(|group| !group.0.is_cancelled())
    }
}

#[napi]
impl Task {
    /// A call that has not begun.
    #[napi(constructor)]
    pub fn new() -> Task {
        Task::default()
    }

    /// Ends it: at once where it waits for a thread, else within some milliseconds.
    #[napi]
    pub fn cancel(&self) {
        self.token.cancel();
        if let Some(ticket) = self.ticket.get() {
            ticket.settle(Outcome::cancelled(None));
        }
    }

    /// Ends it because its time is up, where it waits for a thread; what runs looks at the clock.
    #[napi]
    pub fn expire(&self) {
        if let Some(ticket) = self.ticket.get() {
            ticket.settle(Outcome::timeout(None));
        }
    }
}

impl Task {
    /// Begins it. Gives the promise of its outcome.
    pub(crate) fn begin<'env>(
        &self,
        env: &'env Env,
        work: impl FnOnce(&Going) -> Outcome + Send + 'static,
    ) -> Result<Object<'env>> {
        let going = Going {
            token: self.token.clone(),
            group: Group::of(env)?,
        };
        let (deferred, promise): (JsDeferred<Outcome, Settle>, _) = env.create_deferred()?;
        let work = move || match going.on() {
            true => work(&going),
            false => Outcome::cancelled(None),
        };
        let settle = move |outcome| deferred.resolve(Box::new(|_| Ok(outcome)));
        // A task is begun once.
        let _begun = self.ticket.set(pool::submit(work, settle));
        Ok(promise)
    }
}
