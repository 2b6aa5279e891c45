//! thirdparty
