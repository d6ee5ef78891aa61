//! What sealed values and indexes promise.

use super::*;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

struct Counting(AtomicU8);
impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        buffer.fill_with(|| self.0.fetch_add(1, Ordering::Relaxed));
    }
}

fn master() -> MasterKey {
    MasterKey::parse(&"07".repeat(32)).unwrap()
}

fn entropy() -> Arc<Counting> {
    Arc::new(Counting(AtomicU8::new(1)))
}

fn keyring_of(suite: Suite) -> Keyring {
    let stored = Keyring::generate(&master(), suite, entropy().as_ref()).unwrap();
    Keyring::unwrap(master(), stored, entropy(), None).unwrap()
}

fn keyring() -> Keyring {
    keyring_of(Suite::Aes)
}

#[test]
fn a_sealed_value_opens_only_where_it_belongs() {
    let keys = keyring();
    let (row, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
    let sealed = keys.seal("customers.mobile", row, "13800005678").unwrap();
    assert!(!sealed.windows(11).any(|w| w == b"13800005678"));
    assert_eq!(
        keys.open("customers.mobile", row, &sealed).unwrap(),
        "13800005678"
    );
    assert!(keys.open("customers.mobile", other, &sealed).is_err());
    assert!(keys.open("customers.phone", row, &sealed).is_err());
}

#[test]
fn an_altered_value_does_not_open() {
    let keys = keyring();
    let row = Uuid::from_u128(1);
    let mut sealed = keys.seal("customers.name", row, "陈秀兰").unwrap();
    let last = sealed.len() - 1;
    sealed[last] ^= 1;
    assert!(keys.open("customers.name", row, &sealed).is_err());
}

#[test]
fn the_same_value_is_never_sealed_alike_but_indexed_alike() {
    let keys = keyring();
    let row = Uuid::from_u128(1);
    let a = keys.seal("customers.name", row, "陈秀兰").unwrap();
    let b = keys.seal("customers.name", row, "陈秀兰").unwrap();
    assert_ne!(a, b);
    assert_eq!(keys.index("name", "陈秀兰"), keys.index("name", "陈秀兰"));
    assert_ne!(keys.index("name", "陈秀兰"), keys.index("mobile", "陈秀兰"));
}

#[test]
fn another_master_key_is_refused() {
    for suite in [Suite::Aes, Suite::Sm] {
        let stored = Keyring::generate(&master(), suite, entropy().as_ref()).unwrap();
        let other = MasterKey::parse(&"08".repeat(32)).unwrap();
        assert!(matches!(
            Keyring::unwrap(other, stored, entropy(), None),
            Err(StoreError::Key(_))
        ));
    }
}

#[test]
fn a_key_that_is_said_to_be_of_another_algorithm_is_refused() {
    let mut stored = Keyring::generate(&master(), Suite::Sm, entropy().as_ref()).unwrap();
    stored[1].algorithm = "HMAC-SHA-256".into();
    assert!(Keyring::unwrap(master(), stored, entropy(), None).is_err());
}

/// Values of both families lie side by side while a database changes from one to the other.
#[test]
fn values_of_both_suites_open_side_by_side() {
    let mut stored = Keyring::generate(&master(), Suite::Aes, entropy().as_ref()).unwrap();
    let keys = Keyring::unwrap(master(), stored.clone(), entropy(), None).unwrap();
    let row = Uuid::from_u128(1);
    let old = keys.seal("customers.name", row, "陈秀兰").unwrap();
    let old_index = keys.index("name", "陈秀兰");
    for purpose in ["seal", "index"] {
        let key = Keyring::new_key(&master(), Suite::Sm, purpose, 2, entropy().as_ref());
        stored.push(key.unwrap());
    }
    let earlier = stored[..3].to_vec();
    keys.adopt(stored).unwrap();
    // Who looked before the keys were made comes too late to take them back.
    keys.adopt(earlier).unwrap();
    let new = keys.seal("customers.name", row, "陈秀兰").unwrap();
    assert_eq!((&old[..3], &new[..3]), (&[1, 0, 1][..], &[1, 0, 2][..]));
    for sealed in [&old, &new] {
        assert_eq!(keys.open("customers.name", row, sealed).unwrap(), "陈秀兰");
    }
    let indexes = keys.indexes("name", "陈秀兰");
    assert_eq!(indexes, [old_index, keys.index("name", "陈秀兰")]);
    assert_ne!(indexes[0], indexes[1]);
    assert_eq!(keys.sealing_suite(), Suite::Sm);
}
