//! Every law of a store, in one list: it makes the table, and a test for each store and law.

mod append;

use super::law::{Claim, Law};

/// Gives the list of laws to a macro, behind what is passed on to it.
///
/// Each is `test NUMBER NAME [CLAIM] FUNCTION "what holds";`. Numbers and names are never used again.
#[doc(hidden)]
#[macro_export]
macro_rules! __store_law_list {
    ($($with:ident)::+ ! ($($passed:tt)*)) => {
        $($with)::+! { ($($passed)*)
            l04_gapless_stream 4 "GAPLESS_STREAM" [Claim::Nothing] append::gapless_stream
                "The records of a mission are numbered from 1 without gaps, whatever sizes the appends have.";
        }
    };
}

macro_rules! table {
    (() $($test:ident $number:literal $name:literal [$claim:expr] $($run:ident)::+ $text:literal;)*) => {
        /// Every law, by number.
        pub const LAWS: &[Law] = &[$(Law {
            number: $number,
            name: $name,
            text: $text,
            claim: $claim,
            run: $($run)::+,
        },)*];
    };
}
__store_law_list!(table!());

/// Returns the law with a name.
pub fn law(name: &str) -> Option<&'static Law> {
    LAWS.iter().find(|law| law.name == name)
}

/// Makes a test for each law of a store, named after it, and the worker that process laws use.
///
/// ```
/// # mod memory {
/// use orch_testkit::store::stores::Memory;
///
/// orch_testkit::store_laws!(Memory);
/// # }
/// ```
/// The argument is an expression of a type that is a [`StoreUnderTest`](crate::store::StoreUnderTest).
/// Put each store into a module of its own: `cargo test memory::l17` tries one law on one store.
#[macro_export]
macro_rules! store_laws {
    ($store:expr) => {
        $crate::__store_law_list!($crate::__store_law_tests!($store));

        /// The store in a process of its own, for laws that kill it: it does nothing unless it is
        /// started for that.
        #[test]
        fn worker() {
            $crate::store::worker::serve_if_asked(&$store);
        }
    };
}

/// Makes a test for each law; see [`store_laws!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __store_law_tests {
    (($store:expr) $($test:ident $number:literal $name:literal [$claim:expr] $($run:ident)::+ $text:literal;)*) => {
        $(
            #[test]
            fn $test() {
                let law = $crate::store::laws::law($name).unwrap();
                let worker = $crate::store::WorkerSpec::this_test(::core::module_path!());
                $crate::store::hold(&$store, law, Some(worker));
            }
        )*
    };
}
