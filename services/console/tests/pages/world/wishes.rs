//! Wishes and what they weigh, from made up data.

use contracts::speeddating::v1::{self as proto, Side, wish_service_server::WishService};
use tonic::{Request, Status};

use super::{World, imports::current, links::Reply};

#[tonic::async_trait]
impl WishService for World {
    async fn read_matrix(
        &self,
        request: Request<proto::ReadMatrixRequest>,
    ) -> Reply<proto::ReadMatrixResponse> {
        let request = request.into_inner();
        self.act("ReadMatrix", |data| {
            let line = |known: &proto::Registration| proto::MatrixLine {
                registration: Some(known.clone()),
                wishes: 0,
            };
            let of = |side: Side, only: &[String]| {
                let own = data.registrations.iter().filter(|known| {
                    known.side() == side && (only.is_empty() || only.contains(&known.registration_id))
                });
                own.map(line).collect()
            };
            Ok(proto::ReadMatrixResponse {
                candidates: of(Side::Candidate, &request.candidate_ids),
                employers: of(Side::Employer, &request.employer_ids),
                wishes: data.wishes.clone(),
                session: data.sessions.first().cloned(),
                ..proto::ReadMatrixResponse::default()
            })
        })
    }

    async fn change_wish(
        &self,
        request: Request<proto::ChangeWishRequest>,
    ) -> Reply<proto::ChangeWishResponse> {
        let request = request.into_inner();
        let (wish, seen) = (request.wish.unwrap_or_default(), request.seen.unwrap_or_default());
        self.act("ChangeWish", |data| {
            let same = |known: &proto::Wish| {
                known.candidate_id == wish.candidate_id && known.employer_id == wish.employer_id
            };
            let before = data.wishes.iter().find(|known| same(known)).cloned();
            if before.unwrap_or_default().rank != seen.rank {
                return Err(Status::aborted("changed meanwhile"));
            }
            data.wishes.retain(|known| !same(known));
            data.wishes.push(wish.clone());
            Ok(proto::ChangeWishResponse { wish: Some(wish) })
        })
    }

    async fn set_weights(
        &self,
        request: Request<proto::SetWeightsRequest>,
    ) -> Reply<proto::SetWeightsResponse> {
        let request = request.into_inner();
        self.act("SetWeights", |data| {
            let session = &mut data.sessions[0];
            session.version = current(session.version, request.version)?;
            session.weights = request.weights;
            Ok(proto::SetWeightsResponse {
                session: Some(session.clone()),
            })
        })
    }
}
