//! The two spellings of reservations.

use crate::messages::resource::ReservationInfo;
use crate::messages::resource::reservation_info::Type;
use crate::messages::{MessageField, Resource};
use crate::roles::EVERYBODY;

/// The role that a resource in the newer spelling is reserved for, if it is.
pub(super) fn role_of(resource: &Resource) -> Option<&str> {
    resource
        .reservations
        .last()
        .map(|it| it.role.as_deref().unwrap_or(EVERYBODY))
}

/// Turns `role` and `reservation` into `reservations`.
pub(super) fn to_new(mut resource: Resource) -> Resource {
    let role = resource.role.take().filter(|role| role != EVERYBODY);
    let dynamic = resource.reservation.take();
    if let (Some(role), true) = (role, resource.reservations.is_empty()) {
        let r#type = Some(if dynamic.is_some() {
            Type::DYNAMIC
        } else {
            Type::STATIC
        });
        let reservation = dynamic.unwrap_or_default();
        resource.reservations = vec![ReservationInfo {
            r#type,
            role: Some(role),
            ..reservation
        }];
    }
    resource
}

/// Turns `reservations` into `role` and `reservation`, where those can say it.
#[must_use]
pub fn to_old(mut resource: Resource) -> Option<Resource> {
    let mut reservations = std::mem::take(&mut resource.reservations);
    let innermost = reservations.pop();
    if !reservations.is_empty() {
        return None;
    }
    match innermost {
        None => resource.role = Some(EVERYBODY.to_owned()),
        Some(mut reservation) => {
            resource.role = reservation.role.take();
            resource.reservation = match reservation.r#type.take() {
                Some(Type::DYNAMIC) => reservation.into(),
                _ => MessageField::none(),
            };
        }
    }
    Some(resource)
}
