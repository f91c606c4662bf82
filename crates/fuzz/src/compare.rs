//! Our events against CPython's: every event of CPython must be among ours, in order, under each reading.

use crate::oracle::{End, Run, TheirEvent};
use crate::pattern::matches;
use crate::readings::Reading;
use crate::subject::OurEvent;

/// How many events there were, and how many of ours CPython did not perform.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Readings that were compared.
    pub readings: u64,
    /// Events of CPython's, each reading counted.
    pub events: u64,
    /// Events of ours that CPython did not perform although it came to the STOP.
    pub extra: u64,
    /// Events of ours that CPython did not perform and that it may have ended before.
    pub behind_the_end: u64,
}

impl Tally {
    /// Adds another count to this one.
    pub fn add(&mut self, other: Tally) {
        self.readings += other.readings;
        self.events += other.events;
        self.extra += other.extra;
        self.behind_the_end += other.behind_the_end;
    }
}

/// An event of CPython's that is not among ours where it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// Under which reading.
    pub reading: Reading,
    /// What the stream was fed from.
    pub fed: Vec<String>,
    /// The number of the first event that is missing.
    pub missing: usize,
    /// What CPython did.
    pub theirs: Vec<TheirEvent>,
    /// How it ended.
    pub end: End,
    /// Whether out-of-band buffers were given.
    pub buffers: bool,
    /// What we say under this reading.
    pub ours: Vec<OurEvent>,
}

/// Compares our events with every run.
///
/// # Errors
///
/// The first reading under which an event of CPython's is not among ours in order.
pub fn compare(ours: &[OurEvent], runs: &[Run]) -> Result<Tally, Box<Mismatch>> {
    let mut tally = Tally::default();
    for run in runs {
        let mut last: Option<(Vec<usize>, u64)> = None;
        for &reading in &run.readings {
            let chosen: Vec<usize> = (0..ours.len())
                .filter(|at| ours[*at].readings.contains(reading))
                .collect();
            let found = match &last {
                Some((same, found)) if *same == chosen => Ok(*found),
                _ => all_found(ours, &chosen, &run.events),
            };
            let extra = found.map_err(|missing| {
                let ours = chosen.iter().map(|at| ours[*at].clone()).collect();
                Box::new(Mismatch {
                    reading,
                    fed: run.fed.clone(),
                    missing,
                    theirs: run.events.clone(),
                    end: run.end,
                    buffers: run.buffers,
                    ours,
                })
            })?;
            tally.readings += 1;
            tally.events += run.events.len() as u64;
            match run.end {
                End::Stop => tally.extra += extra,
                End::Error => tally.behind_the_end += extra,
                End::Limit => {}
            }
            last = Some((chosen, extra));
        }
    }
    Ok(tally)
}

/// The number of ours left over, or the number of the first of theirs that is missing.
fn all_found(ours: &[OurEvent], chosen: &[usize], theirs: &[TheirEvent]) -> Result<u64, usize> {
    let mut rest = chosen.iter();
    for (number, event) in theirs.iter().enumerate() {
        if !rest.any(|at| ours[*at].stream == event.stream && matches(&ours[*at].text, &event.text))
        {
            return Err(number);
        }
    }
    Ok((chosen.len() - theirs.len()) as u64)
}

#[cfg(test)]
mod tests {
    use super::compare;
    use crate::oracle::{End, Run, TheirEvent};
    use crate::readings::{Reading, Readings};
    use crate::subject::OurEvent;

    fn ours(texts: &[&str]) -> Vec<OurEvent> {
        texts
            .iter()
            .map(|text| OurEvent {
                stream: 0,
                text: (*text).to_owned(),
                readings: Readings::ALL,
            })
            .collect()
    }

    fn run(texts: &[&str], end: End) -> Run {
        let events = texts
            .iter()
            .map(|text| TheirEvent {
                stream: 0,
                text: (*text).to_owned(),
            })
            .collect();
        let readings = vec![
            Reading::named("c+ASCII+persistent").unwrap(),
            Reading::named("python+bytes+persistent").unwrap(),
        ];
        Run {
            readings,
            events,
            end,
            fed: Vec::new(),
            buffers: false,
        }
    }

    #[test]
    fn extras_are_counted() {
        let tally = compare(
            &ours(&["import 61 62", "pers ?", "ext 5"]),
            &[run(&["import 61 62", "ext 5"], End::Stop)],
        )
        .unwrap();
        assert_eq!(
            (
                tally.readings,
                tally.events,
                tally.extra,
                tally.behind_the_end
            ),
            (2, 4, 2, 0)
        );
    }

    #[test]
    fn what_is_missing_or_out_of_order_is_a_mismatch() {
        let mismatch = compare(
            &ours(&["ext 5", "import 61 62"]),
            &[run(&["import 61 62", "ext 5"], End::Stop)],
        )
        .unwrap_err();
        assert_eq!(
            (mismatch.missing, mismatch.reading.to_string().as_str()),
            (1, "c+ASCII+persistent")
        );
    }

    #[test]
    fn a_reading_of_its_own_is_minded() {
        let mut ours = ours(&["ext 5"]);
        ours[0].readings = Readings::those(|reading| reading.unpickler() == "c");
        let mismatch = compare(&ours, &[run(&["ext 5"], End::Error)]).unwrap_err();
        assert_eq!(mismatch.reading.to_string(), "python+bytes+persistent");
        assert!(mismatch.ours.is_empty());
    }
}
