//! The matrix of wishes.

use std::collections::BTreeSet;

use contracts::speeddating::v1::{
    self as proto, ChangeWishRequest, ChangeWishResponse, MatrixLine, ReadMatrixRequest, ReadMatrixResponse,
    SetWeightsRequest, SetWeightsResponse, wish_service_server::WishService,
};
use platform::{error::Failure, grpc::actor};
use tonic::{Request, Response, async_trait};

use super::{
    Grpc, Reply,
    parse::{self, id},
    print, refused,
};
use crate::{
    actions::{self, Asked, Lines, Strip},
    domain::Weights,
};

/// Ids of a filter.
const ONLY_MOST: usize = 5_000;

#[async_trait]
impl WishService for Grpc {
    async fn read_matrix(&self, request: Request<ReadMatrixRequest>) -> Reply<ReadMatrixResponse> {
        let actor = actor(&request)?;
        let request = request.get_ref();
        let session = id("session_id", &request.session_id)?;
        let asked = Asked {
            candidates: lines("candidate", request.candidates, &request.candidate_ids)?,
            employers: lines("employer", request.employers, &request.employer_ids)?,
            without_wish: request.without_wish,
            withdrawn: request.withdrawn,
        };
        let matrix = actions::read_matrix(&self.0, &actor, session, &asked)
            .await
            .map_err(refused)?;
        Ok(Response::new(ReadMatrixResponse {
            candidates: printed(&matrix.candidates),
            employers: printed(&matrix.employers),
            wishes: matrix.wishes.iter().map(print::wish).collect(),
            candidates_total: print::count(matrix.candidates.total),
            employers_total: print::count(matrix.employers.total),
            first_candidate: print::count(matrix.candidates.first),
            first_employer: print::count(matrix.employers.first),
            candidates_without_wish: print::count(matrix.without_wish),
            wishes_total: print::number(matrix.view.counts.wishes),
            session: Some(print::session(&matrix.view)),
        }))
    }

    async fn change_wish(&self, request: Request<ChangeWishRequest>) -> Reply<ChangeWishResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let session = id("session_id", &request.session_id)?;
        let wish = parse::wish(request.wish.as_ref())?;
        let seen = request.seen.map(|seen| proto::Wish {
            candidate_id: wish.pair.candidate.to_string(),
            employer_id: wish.pair.employer.to_string(),
            ..seen
        });
        let seen = seen.map(|seen| parse::wish(Some(&seen))).transpose()?;
        let (_, wish) = actions::set_wish(&self.0, &actor, session, wish, seen)
            .await
            .map_err(refused)?;
        let wish = Some(print::wish(&wish));
        Ok(Response::new(ChangeWishResponse { wish }))
    }

    async fn set_weights(&self, request: Request<SetWeightsRequest>) -> Reply<SetWeightsResponse> {
        let actor = actor(&request)?;
        let request = request.into_inner();
        let session = id("session_id", &request.session_id)?;
        let weights = request
            .weights
            .ok_or_else(|| Failure::field("weights", "must be given"))?;
        let weights = Weights {
            ranks: weights.ranks,
            priority: weights.priority,
            yes: weights.yes,
            recommended: weights.recommended,
        };
        let view = actions::set_weights(&self.0, &actor, session, request.version, weights)
            .await
            .map_err(refused)?;
        let session = Some(print::session(&view));
        Ok(Response::new(SetWeightsResponse { session }))
    }
}

fn lines(field: &str, window: Option<proto::Window>, only: &[String]) -> Result<Lines, Failure> {
    let window = window.unwrap_or_default();
    let whole = |number: i32| {
        usize::try_from(number).map_err(|_| Failure::field(format!("{field}s"), "must be 0 or more"))
    };
    let field = format!("{field}_ids");
    if only.len() > ONLY_MOST {
        return Err(Failure::field(field, format!("au plus {ONLY_MOST}")));
    }
    let only = only.iter().map(|text| id(&field, text));
    Ok(Lines {
        first: whole(window.first)?,
        most: whole(window.most)?,
        only: only.collect::<Result<BTreeSet<_>, _>>()?,
    })
}

fn printed(shown: &Strip) -> Vec<MatrixLine> {
    let line = |(person, wishes): &(crate::domain::Registration, i64)| MatrixLine {
        registration: Some(print::registration(person)),
        wishes: print::number(*wishes),
    };
    shown.lines.iter().map(line).collect()
}
