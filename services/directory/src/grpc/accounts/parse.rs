use contracts::directory::v1 as proto;
use platform::auth::{Role, Scope};
use uuid::Uuid;

pub(super) use crate::grpc::parse::id;
use crate::{
    domain::{Access, MOST_ORGANISATIONS, Purpose},
    error::Error,
};

pub(super) fn optional_id(field: &str, text: &str) -> Result<Option<Uuid>, Error> {
    if text.is_empty() {
        return Ok(None);
    }
    id(field, text).map(Some)
}

pub(super) fn access(role: i32, scope: Option<&proto::StaffScope>) -> Result<Access, Error> {
    let role = match proto::StaffRole::try_from(role) {
        Ok(proto::StaffRole::Administrator) => Role::Administrator,
        Ok(proto::StaffRole::Coordinator) => Role::Coordinator,
        Ok(proto::StaffRole::Referent) => Role::Referent,
        Ok(proto::StaffRole::Facilitator) => Role::Facilitator,
        Ok(proto::StaffRole::Partner) => Role::Partner,
        Ok(proto::StaffRole::Auditor) => Role::Auditor,
        Ok(proto::StaffRole::Unspecified) | Err(_) => {
            return Err(Error::field("role", "is missing: choose one"));
        }
    };
    let ids = scope
        .map(|scope| scope.organisation_ids.as_slice())
        .unwrap_or_default();
    let scope = match (scope.is_some_and(|scope| scope.everything), ids) {
        (true, []) => Scope::All,
        (true, _) => {
            return Err(Error::field(
                "scope.organisation_ids",
                "must be empty when everything is set: choose one of the two",
            ));
        }
        (false, ids) if ids.len() > MOST_ORGANISATIONS => {
            return Err(Error::field(
                "scope.organisation_ids",
                format!("holds more than {MOST_ORGANISATIONS} organisations: choose everything"),
            ));
        }
        (false, ids) => Scope::Organisations(
            ids.iter()
                .enumerate()
                .map(|(place, text)| id(&format!("scope.organisation_ids[{place}]"), text))
                .collect::<Result<_, _>>()?,
        ),
    };
    Access { role, scope }.check()
}

pub(super) fn link(request: &proto::GetAccountLinkRequest) -> Result<(Uuid, Purpose), Error> {
    match (request.invitation_id.as_str(), request.reset_id.as_str()) {
        (invitation, "") => Ok((id("invitation_id", invitation)?, Purpose::Invitation)),
        ("", reset) => Ok((id("reset_id", reset)?, Purpose::Reset)),
        _ => Err(Error::field(
            "reset_id",
            "must be empty when invitation_id is not",
        )),
    }
}
