//! Which entries of different sources are one event: only where each has exactly one partner.

/// What [`pair_up`] found: for each entry the first of its group, and the pairs left apart.
pub(crate) struct Paired {
    pub leader: Vec<u32>,
    pub ambiguous: Vec<(u32, u32)>,
}

/// Entries come sorted by (`group`, `ms`). Two of different sources, of one group, within `window` and
/// `fits` are one event if neither fits another entry of the other's source; an exact instant goes before.
pub(crate) fn pair_up<E>(entries: &[E], window: i64, key: impl Fn(&E) -> (u64, i64, u32), fits: impl Fn(&E, &E) -> bool) -> Paired {
    let n = entries.len();
    let mut pairs: Vec<(u32, u32, bool)> = Vec::new();
    for i in 0..n {
        let (group, ms, source) = key(&entries[i]);
        for j in i + 1..n {
            let (other_group, other_ms, other_source) = key(&entries[j]);
            if other_group != group || other_ms - ms > window {
                break;
            }
            if source != other_source && fits(&entries[i], &entries[j]) {
                pairs.push((i as u32, j as u32, other_ms == ms));
            }
        }
    }
    let mut ambiguous = Vec::new();
    let mut root: Vec<u32> = (0..n as u32).collect();
    // How many partners each entry has in each other source: exact ones, and all.
    let mut partners: std::collections::HashMap<(u32, u32), (u32, u32)> = std::collections::HashMap::with_capacity(pairs.len() * 2);
    for (a, b, exact) in &pairs {
        for (one, other) in [(*a, *b), (*b, *a)] {
            let count = partners.entry((one, key(&entries[other as usize]).2)).or_default();
            count.0 += u32::from(*exact);
            count.1 += 1;
        }
    }
    for (a, b, exact) in &pairs {
        let of = |one: u32, other: u32| partners.get(&(one, key(&entries[other as usize]).2)).copied().unwrap_or_default();
        let (left, right) = (of(*a, *b), of(*b, *a));
        if (*exact && left.0 == 1 && right.0 == 1) || (left.1 == 1 && right.1 == 1) {
            let (x, y) = (find(&mut root, *a), find(&mut root, *b));
            root[x.max(y) as usize] = x.min(y);
        } else if left.0 != 1 && right.0 != 1 {
            ambiguous.push((*a, *b));
        }
    }
    let mut leader: Vec<u32> = (0..n as u32).map(|i| find(&mut root, i)).collect();
    split_doubled(entries, &key, &mut leader, &mut ambiguous);
    Paired { leader, ambiguous }
}

/// A group that would hold two entries of one source is no group: they stay apart.
fn split_doubled<E>(entries: &[E], key: &impl Fn(&E) -> (u64, i64, u32), leader: &mut [u32], ambiguous: &mut Vec<(u32, u32)>) {
    let mut seen = std::collections::HashSet::new();
    let mut bad = std::collections::BTreeSet::new();
    for (i, l) in leader.iter().enumerate() {
        if !seen.insert((*l, key(&entries[i]).2)) {
            bad.insert(*l);
        }
    }
    if bad.is_empty() {
        return;
    }
    for i in 0..leader.len() {
        if bad.contains(&leader[i]) {
            if leader[i] != i as u32 {
                ambiguous.push((leader[i], i as u32));
            }
            leader[i] = i as u32;
        }
    }
}

pub(crate) fn find(root: &mut [u32], mut i: u32) -> u32 {
    while root[i as usize] != i {
        root[i as usize] = root[root[i as usize] as usize];
        i = root[i as usize];
    }
    i
}
