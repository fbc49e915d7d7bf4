//! One person or employer at a time.

use contracts::speeddating::v1::{
    self as proto, EditRegistrationRequest, EditRegistrationResponse, GetRegistrationRequest,
    GetRegistrationResponse, RegisterRequest, RegisterResponse, register_response::Outcome,
    registration_service_server::RegistrationService,
};
use platform::{error::Failure, grpc::actor};
use tonic::{Request, Response, async_trait};

use super::{
    Grpc, Reply, keyed,
    parse::{self, id},
    print, refused,
};
use crate::actions::{self, About, Entered, Entry};

/// Characters of a typed value.
const VALUE_MOST: usize = 1_000;
/// Values of one entry.
const FIELDS_MOST: usize = 30;

#[async_trait]
impl RegistrationService for Grpc {
    async fn register(&self, request: Request<RegisterRequest>) -> Reply<RegisterResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let keyed = keyed("request_id", &request.request_id, &request)?;
        let session = id("session_id", &request.session_id)?;
        let about = About {
            person: parse::optional_id("person_id", &request.person_id)?,
            apart: request.apart,
        };
        let entry = entry(request.entry)?;
        let entered = actions::register(&self.0, &actor, keyed, session, entry, about)
            .await
            .map_err(refused)?;
        let (outcome, notices) = match entered {
            Entered::Registered(made, notices) => {
                (Outcome::Registration(print::registration(&made)), notices)
            }
            Entered::Alike(other, fields) => {
                let alike = proto::Alike {
                    other_person_id: other.to_string(),
                    fields,
                };
                (Outcome::Alike(alike), Vec::new())
            }
        };
        Ok(Response::new(RegisterResponse {
            outcome: Some(outcome),
            notices: notices.iter().map(print::problem).collect(),
        }))
    }

    async fn edit_registration(
        &self,
        request: Request<EditRegistrationRequest>,
    ) -> Reply<EditRegistrationResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let registration = id("registration_id", &request.registration_id)?;
        let entry = entry(request.entry)?;
        let (edited, notices) =
            actions::edit_registration(&self.0, &actor, registration, request.version, entry)
                .await
                .map_err(refused)?;
        Ok(Response::new(EditRegistrationResponse {
            registration: Some(print::registration(&edited)),
            notices: notices.iter().map(print::problem).collect(),
        }))
    }

    async fn get_registration(
        &self,
        request: Request<GetRegistrationRequest>,
    ) -> Reply<GetRegistrationResponse> {
        let actor = actor(&request)?;
        let registration = id("registration_id", &request.get_ref().registration_id)?;
        let found = actions::get_registration(&self.0, &actor, registration)
            .await
            .map_err(refused)?;
        let registration = Some(print::registration(&found));
        Ok(Response::new(GetRegistrationResponse { registration }))
    }
}

fn entry(entry: Option<proto::Entry>) -> Result<Entry, Failure> {
    let entry = entry.ok_or_else(|| Failure::field("entry", "must be given"))?;
    let side = parse::side(entry.side()).ok_or_else(|| Failure::field("entry.side", "must be given"))?;
    if entry.fields.len() > FIELDS_MOST {
        return Err(Failure::field("entry.fields", "holds too many values"));
    }
    let long = |value: &String| value.chars().count() > VALUE_MOST || value.contains('\0');
    if let Some((name, _)) = entry.fields.iter().find(|(_, value)| long(value)) {
        return Err(Failure::field(
            name.as_str(),
            format!("au plus {VALUE_MOST} caractères"),
        ));
    }
    Ok(Entry {
        side,
        fields: entry.fields,
    })
}
