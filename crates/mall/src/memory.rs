//! Asks the allocator to give freed memory back to the system at once, or after its usual delay. Filling a store frees
//! much that will not be needed again, and an idle shop should be small.

/// `mi_option_purge_delay` of mimalloc, milliseconds; the same number in its versions 2 and 3.
const PURGE_DELAY: libmimalloc_sys::mi_option_t = 15;
/// mimalloc's own default.
const USUAL_MS: core::ffi::c_long = 10;

/// Freed memory goes back at once (`true`), or a little later, which is faster (`false`, the default).
#[allow(unsafe_code, reason = "mimalloc's options are reached through its C interface only; setting one is safe at any time")]
pub fn give_back_at_once(at_once: bool) {
    unsafe { libmimalloc_sys::mi_option_set(PURGE_DELAY, if at_once { 0 } else { USUAL_MS }) }
}
