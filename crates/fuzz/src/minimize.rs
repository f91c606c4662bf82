//! Delta debugging: the shortest stream, found by leaving parts out, that still fails.

/// Rounds are oracle runs; more than these are not worth waiting for.
const ROUNDS: usize = 40;

/// Places at which a part of one size is left out, at most.
const PLACES: usize = 100;

/// Leaves parts of `stream` out as long as `fails` says that what remains fails too. `fails` gets
/// the candidates of a round in bulk, the shortest first, and answers for each.
///
/// # Errors
///
/// Those of `fails`.
pub fn minimize<E>(
    stream: &[u8],
    mut fails: impl FnMut(&[Vec<u8>]) -> Result<Vec<bool>, E>,
) -> Result<Vec<u8>, E> {
    let mut best = stream.to_vec();
    for _ in 0..ROUNDS {
        let candidates = candidates(&best);
        let failing = fails(&candidates)?;
        match candidates
            .into_iter()
            .zip(failing)
            .find(|(_, fails)| *fails)
        {
            Some((shorter, _)) => best = shorter,
            None => break,
        }
    }
    Ok(best)
}

/// The stream without a part: large parts first, at every half of a part.
fn candidates(bytes: &[u8]) -> Vec<Vec<u8>> {
    let shrink = |size: &usize| Some(size * 2 / 3).filter(|size| *size > 0);
    let mut all = Vec::new();
    for size in std::iter::successors(Some(bytes.len()), shrink) {
        let step = size.div_ceil(2).max(bytes.len() / PLACES).max(1);
        for at in (0..=bytes.len() - size).step_by(step) {
            all.push([&bytes[..at], &bytes[at + size..]].concat());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::minimize;

    #[test]
    fn finds_the_part_that_matters() {
        let stream = b"K\x01K\x02K\x03cos\nsystem\n)R0000N.".to_vec();
        let fails = |candidates: &[Vec<u8>]| -> Result<Vec<bool>, ()> {
            Ok(candidates
                .iter()
                .map(|bytes| bytes.windows(3).any(|part| part == b"cos"))
                .collect())
        };
        assert_eq!(minimize(&stream, fails), Ok(b"cos".to_vec()));
    }
}
