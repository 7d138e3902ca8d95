//! Behaviour tests of os.
