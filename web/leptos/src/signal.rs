//! Signals, memos, effects and stored values with Leptos's names. The reactive system knows one type of values, a pointer to
//! anything; the type is taken off and put on again here.

use reactive_graph::traits::{Read, ReadUntracked, Track, Write};
use reactive_graph::{computed, effect, signal};
use send_wrapper::SendWrapper;
use std::any::Any;
use std::marker::PhantomData;

type Value = Box<dyn Any + Send + Sync>;
type Signal = signal::RwSignal<Value>;

/// The value in its own type.
fn typed<T: 'static>(value: &Value) -> &T {
    (**value).downcast_ref().unwrap_or_else(|| wrong())
}

fn typed_mut<T: 'static>(value: &mut Value) -> &mut T {
    (**value).downcast_mut().unwrap_or_else(|| wrong())
}

fn wrong() -> ! {
    unreachable!("a value has the type that it was stored with")
}

/// Sets a signal, and tells whoever reads it; false: it is gone.
fn put(signal: Signal, value: Value) -> bool {
    let Some(mut place) = signal.try_write() else {
        return false;
    };
    *place = value;
    true
}

/// A value that tells whoever has read it when it changes.
pub struct RwSignal<T>(Signal, PhantomData<fn() -> T>);

impl<T> Clone for RwSignal<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for RwSignal<T> {}

impl<T: Send + Sync + 'static> RwSignal<T> {
    /// A signal that lives as long as the owner in which it is made.
    pub fn new(value: T) -> Self {
        Self(Signal::new(Box::new(value)), PhantomData)
    }

    /// Whoever runs now is told of changes.
    pub fn track(&self) {
        self.0.track();
    }

    /// Reads the value; whoever runs now is told of changes.
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(typed(&self.0.read()))
    }

    /// The same without being told.
    pub fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(typed(&self.0.read_untracked()))
    }

    /// The value; whoever runs now is told of changes.
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// The same without being told.
    pub fn get_untracked(&self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }

    /// The same; `None`: the signal is gone.
    pub fn try_get_untracked(&self) -> Option<T>
    where
        T: Clone,
    {
        let value = self.0.try_read_untracked()?;
        Some(typed::<T>(&value).clone())
    }

    /// Another value. Nothing happens when the signal is gone.
    pub fn set(&self, value: T) {
        put(self.0, Box::new(value));
    }

    /// The same; false: the signal is gone.
    pub fn try_set(&self, value: T) -> bool {
        put(self.0, Box::new(value))
    }

    /// Changes the value. Nothing happens when the signal is gone.
    pub fn update(&self, change: impl FnOnce(&mut T)) {
        self.try_update(change);
    }

    /// The same, with what `change` answers; `None`: the signal is gone.
    pub fn try_update<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut value = self.0.try_write()?;
        Some(change(typed_mut(&mut value)))
    }
}

/// A value computed of signals, when one of them has changed and somebody asks.
pub struct Memo<T>(computed::Memo<Value>, PhantomData<fn() -> T>);

impl<T> Clone for Memo<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Memo<T> {}

type Compute = Box<dyn Fn(Option<&Value>) -> Value + Send + Sync>;

fn memo(compute: Compute, changed: fn(Option<&Value>, Option<&Value>) -> bool) -> computed::Memo<Value> {
    computed::Memo::new_with_compare(compute, changed)
}

fn differ<T: PartialEq + 'static>(old: Option<&Value>, new: Option<&Value>) -> bool {
    old.map(typed::<T>) != new.map(typed::<T>)
}

impl<T: Send + Sync + 'static> Memo<T> {
    /// `compute` gets the value before. Readers are told when the new one differs.
    pub fn new(compute: impl Fn(Option<&T>) -> T + Send + Sync + 'static) -> Self
    where
        T: PartialEq,
    {
        let compute = move |old: Option<&Value>| Box::new(compute(old.map(typed))) as Value;
        Self(memo(Box::new(compute), differ::<T>), PhantomData)
    }

    /// Whoever runs now is told of changes.
    pub fn track(&self) {
        self.0.track();
    }

    /// Reads the value; whoever runs now is told of changes.
    pub fn with<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(typed(&self.0.read()))
    }

    /// The same without being told.
    pub fn with_untracked<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(typed(&self.0.read_untracked()))
    }

    /// The value; whoever runs now is told of changes.
    pub fn get(&self) -> T
    where
        T: Clone,
    {
        self.with(T::clone)
    }

    /// The same without being told.
    pub fn get_untracked(&self) -> T
    where
        T: Clone,
    {
        self.with_untracked(T::clone)
    }
}

/// Something that is done again when a signal that it has read changes.
pub struct Effect;

impl Effect {
    /// Runs `run` soon, and again after changes, as long as the owner in which it is made lives.
    #[expect(clippy::new_ret_no_self, reason = "nobody keeps an effect; its owner does")]
    pub fn new(mut run: impl FnMut(Option<()>) + 'static) {
        let run: Box<dyn FnMut()> = Box::new(move || run(None));
        start(run);
    }
}

fn start(mut run: Box<dyn FnMut()>) {
    effect::Effect::new(move |_: Option<()>| run());
}

/// The mark of values that stay on their thread. All do here.
pub struct LocalStorage;

/// A value that lives as long as the owner in which it is made; nobody is told of its changes.
pub struct StoredValue<T, S = ()>(Signal, PhantomData<fn() -> (T, S)>);

impl<T, S> Clone for StoredValue<T, S> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T, S> Copy for StoredValue<T, S> {}

impl<T: 'static> StoredValue<T> {
    /// Stores a value.
    pub fn new(value: T) -> Self {
        Self(Signal::new(Box::new(SendWrapper::new(value))), PhantomData)
    }
}

impl<T: 'static> StoredValue<T, LocalStorage> {
    /// Stores a value.
    pub fn new_local(value: T) -> Self {
        Self(Signal::new(Box::new(SendWrapper::new(value))), PhantomData)
    }
}

impl<T: 'static, S> StoredValue<T, S> {
    /// Reads the value.
    pub fn with_value<R>(&self, read: impl FnOnce(&T) -> R) -> R {
        read(typed::<SendWrapper<T>>(&self.0.read_untracked()))
    }

    /// The value.
    pub fn get_value(&self) -> T
    where
        T: Clone,
    {
        self.with_value(T::clone)
    }

    /// Another value.
    pub fn set_value(&self, value: T) {
        self.update_value(|old| *old = value);
    }

    /// Changes the value. Nothing happens when it is gone.
    pub fn update_value(&self, change: impl FnOnce(&mut T)) {
        self.try_update_value(change);
    }

    /// The same, with what `change` answers; `None`: it is gone.
    pub fn try_update_value<R>(&self, change: impl FnOnce(&mut T) -> R) -> Option<R> {
        let mut value = self.0.try_write_untracked()?;
        Some(change(typed_mut::<SendWrapper<T>>(&mut value)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reactive_graph::owner::Owner;
    use std::rc::Rc;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[test]
    fn values_keep_their_types() {
        let owner = Owner::new();
        owner.with(|| {
            let name = RwSignal::new("server".to_owned());
            let line = RwSignal::new(Some(7_u32));
            name.update(|n| n.push_str(".py"));
            assert_eq!(name.get(), "server.py");
            assert_eq!(line.try_update(Option::take), Some(Some(7)));
            assert_eq!(
                (line.get_untracked(), line.try_set(Some(8)), line.get()),
                (None, true, Some(8))
            );
            let kept: StoredValue<Rc<str>, LocalStorage> = StoredValue::new_local("kept".into());
            assert_eq!(&*kept.get_value(), "kept");
            kept.set_value("other".into());
            assert_eq!(kept.with_value(|k| k.len()), 5);
            let counts = StoredValue::new(vec![1]);
            counts.update_value(|c| c.push(2));
            assert_eq!(counts.try_update_value(Vec::pop), Some(Some(2)));
        });
    }

    #[test]
    fn what_is_gone_is_not_set() {
        let owner = Owner::new();
        let (signal, stored) = owner.with(|| (RwSignal::new(1), StoredValue::new(1)));
        owner.cleanup();
        assert!(!signal.try_set(2));
        assert_eq!(signal.try_get_untracked(), None);
        signal.set(2);
        assert_eq!(signal.try_update(|v| *v), None);
        assert_eq!(stored.try_update_value(|v| *v), None);
    }

    #[test]
    fn a_memo_is_computed_when_asked_and_tells_of_differences_only() {
        let owner = Owner::new();
        owner.with(|| {
            let runs = [Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0))];
            let count = runs.clone();
            let number = RwSignal::new(4);
            let half = Memo::new(move |_| {
                count[0].fetch_add(1, Ordering::Relaxed);
                number.get() / 2
            });
            let count = runs.clone();
            let text = Memo::new(move |old: Option<&String>| {
                count[1].fetch_add(1, Ordering::Relaxed);
                format!("{}{}", old.map_or("", String::as_str), half.get())
            });
            let ran = || runs.each_ref().map(|r| r.load(Ordering::Relaxed));
            assert_eq!(ran(), [0, 0]);
            assert_eq!((text.get(), ran()), ("2".into(), [1, 1]));
            number.set(5);
            assert_eq!((text.get_untracked(), ran()), ("2".into(), [2, 1]));
            number.set(6);
            assert_eq!((text.with(String::len), ran()), (2, [3, 2]));
        });
    }
}
