//! The stack: slots that stay allocated, and how many are in use.

use super::value::Value;

/// The stack of one unpickler.
///
/// The hot loop keeps the height in a register and works on the slots as a slice, which is why this
/// is no plain vector: [`Stack::reserve`] makes the slots exist beforehand.
#[derive(Debug, Default)]
pub(crate) struct Stack {
    slots: Vec<Value>,
    len: usize,
}

impl Clone for Stack {
    fn clone(&self) -> Self {
        Stack {
            slots: self.as_slice().to_vec(),
            len: self.len,
        }
    }
}

impl Stack {
    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn capacity(&self) -> usize {
        self.slots.capacity()
    }

    #[inline]
    pub(crate) fn as_slice(&self) -> &[Value] {
        &self.slots[..self.len]
    }

    #[inline]
    pub(crate) fn as_mut_slice(&mut self) -> &mut [Value] {
        &mut self.slots[..self.len]
    }

    #[inline]
    pub(crate) fn from(&self, at: usize) -> &[Value] {
        &self.slots[at..self.len]
    }

    #[inline]
    pub(crate) fn last(&self) -> Option<Value> {
        self.as_slice().last().copied()
    }

    #[inline]
    pub(crate) fn push(&mut self, value: Value) {
        if self.len == self.slots.len() {
            self.slots.push(value);
        } else {
            self.slots[self.len] = value;
        }
        self.len += 1;
    }

    #[inline]
    pub(crate) fn pop(&mut self) -> Option<Value> {
        let value = self.last()?;
        self.len -= 1;
        Some(value)
    }

    #[inline]
    pub(crate) fn truncate(&mut self, len: usize) {
        self.len = self.len.min(len);
    }

    pub(crate) fn clear(&mut self) {
        self.len = 0;
    }

    /// Takes everything from a height on.
    pub(crate) fn split_off(&mut self, at: usize) -> Vec<Value> {
        let items = self.from(at).to_vec();
        self.truncate(at);
        items
    }

    /// The slots with room for `more` further values, and the height.
    #[inline]
    pub(crate) fn reserve(&mut self, more: usize) -> (&mut [Value], usize) {
        if self.slots.len() < self.len + more {
            self.slots
                .resize((self.len + more).max(self.slots.len() * 2), Value::ABSENT);
        }
        (&mut self.slots, self.len)
    }

    /// Sets the height after the slots were worked on.
    #[inline]
    pub(crate) fn set_len(&mut self, len: usize) {
        self.len = len.min(self.slots.len());
    }
}
