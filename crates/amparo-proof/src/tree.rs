//! The tree over a log's entries (RFC 6962, section 2): its root, and the two proofs that a stranger can check.
//!
//! Everything is computed from the hashes of whole subtrees: the node at (level, index) is the root over the
//! 2^level entries from index * 2^level on. They never change once they exist, so they may come from a [`Tree`] in
//! memory or from tiles (`tiles.rs`), and the functions here are the same for both.

use crate::Hash;
use sha2::{Digest, Sha256};

/// The root over no entries: SHA-256 of nothing.
pub const EMPTY: Hash = [
    0xe3, 0xb0, 0xc4, 0x42, 0x98, 0xfc, 0x1c, 0x14, 0x9a, 0xfb, 0xf4, 0xc8, 0x99, 0x6f, 0xb9, 0x24, 0x27, 0xae, 0x41, 0xe4, 0x64, 0x9b, 0x93, 0x4c, 0xa4, 0x95, 0x99, 0x1b, 0x78,
    0x52, 0xb8, 0x55,
];

/// The largest size a log may have: what fits everybody's integers (C2SP tlog-cosignature).
pub const MAX_SIZE: u64 = i64::MAX as u64;

/// Where the roots of whole subtrees come from, by level and index.
pub type Nodes<'a> = dyn Fn(u32, u64) -> Option<Hash> + 'a;

/// The hash of an entry as it stands in the tree.
pub fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(entry).finalize().into()
}

/// The hash over two neighbours.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// The root over the first `size` entries; nothing where a node is missing.
pub fn root(size: u64, nodes: &Nodes) -> Option<Hash> {
    if size == 0 { Some(EMPTY) } else { range(0, size, nodes) }
}

/// The proof that entry `index` is one of the first `size`: from the leaf's neighbour up to the root's child.
pub fn inclusion(index: u64, size: u64, nodes: &Nodes) -> Option<Vec<Hash>> {
    let (mut from, mut to, mut path) = (0, size, vec![]);
    if index >= size {
        return None;
    }
    while to - from > 1 {
        let middle = from + split(to - from);
        if index < middle {
            path.push(range(middle, to, nodes)?);
            to = middle;
        } else {
            path.push(range(from, middle, nodes)?);
            from = middle;
        }
    }
    path.reverse();
    Some(path)
}

/// The proof that the tree of `new` entries begins with the tree of `old`; empty where there is nothing to prove.
pub fn consistency(old: u64, new: u64, nodes: &Nodes) -> Option<Vec<Hash>> {
    let (mut from, mut to, mut path) = (0, new, vec![]);
    if old > new {
        return None;
    }
    if old == 0 || old == new {
        return Some(path);
    }
    while old != to {
        let middle = from + split(to - from);
        if old <= middle {
            path.push(range(middle, to, nodes)?);
            to = middle;
        } else {
            path.push(range(from, middle, nodes)?);
            from = middle;
        }
    }
    if from > 0 {
        path.push(range(from, to, nodes)?);
    }
    path.reverse();
    Some(path)
}

/// Whether this leaf is entry `index` of the tree with this size and root.
pub fn included(leaf: &Hash, index: u64, size: u64, root: &Hash, path: &[Hash]) -> bool {
    if index >= size {
        return false;
    }
    let (mut node, mut last, mut hash) = (index, size - 1, *leaf);
    for step in path {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            hash = node_hash(step, &hash);
            climb_right_edge(&mut node, &mut last);
        } else {
            hash = node_hash(&hash, step);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && hash == *root
}

/// Whether the tree (`new`, `new_root`) begins with the tree (`old`, `old_root`).
pub fn consistent(old: u64, old_root: &Hash, new: u64, new_root: &Hash, path: &[Hash]) -> bool {
    if old > new || (new == 0 && *new_root != EMPTY) {
        return false;
    }
    if old == 0 {
        return path.is_empty() && *old_root == EMPTY;
    }
    if old == new {
        return path.is_empty() && old_root == new_root;
    }
    // Where the old tree is a whole subtree of the new one, its root is the first step and is left out.
    let (first, steps) = match path.split_first() {
        None => return false,
        Some(_) if old.is_power_of_two() => (old_root, path),
        Some((first, steps)) => (first, steps),
    };
    let (mut node, mut last) = (old - 1, new - 1);
    while node & 1 == 1 {
        (node, last) = (node >> 1, last >> 1);
    }
    let (mut before, mut after) = (*first, *first);
    for step in steps {
        if last == 0 {
            return false;
        }
        if node & 1 == 1 || node == last {
            before = node_hash(step, &before);
            after = node_hash(step, &after);
            climb_right_edge(&mut node, &mut last);
        } else {
            after = node_hash(&after, step);
        }
        (node, last) = (node >> 1, last >> 1);
    }
    last == 0 && before == *old_root && after == *new_root
}

/// Skips the levels in which the last node has no neighbour.
fn climb_right_edge(node: &mut u64, last: &mut u64) {
    while *node & 1 == 0 && *node != 0 {
        (*node, *last) = (*node >> 1, *last >> 1);
    }
}

/// Where a tree of more than one entry divides: at the largest power of two below its size.
fn split(size: u64) -> u64 {
    1 << (63 - (size - 1).leading_zeros())
}

/// The root over entries `from..to`, of which `from` divides as the whole tree does.
fn range(from: u64, to: u64, nodes: &Nodes) -> Option<Hash> {
    let size = to - from;
    if size.is_power_of_two() {
        let level = size.trailing_zeros();
        return nodes(level, from >> level);
    }
    let middle = from + split(size);
    Some(node_hash(&range(from, middle, nodes)?, &range(middle, to, nodes)?))
}

/// A log's tree in memory: two hashes an entry, and the root of any size without hashing anything twice.
#[derive(Clone, Default, Debug)]
pub struct Tree {
    /// `levels[k][i]` is the node (k, i).
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    pub fn of(leaves: impl IntoIterator<Item = Hash>) -> Tree {
        let mut tree = Tree::default();
        leaves.into_iter().for_each(|leaf| tree.append(leaf));
        tree
    }

    pub fn size(&self) -> u64 {
        self.levels.first().map_or(0, Vec::len) as u64
    }

    /// Appends the hash of an entry, and whatever it completes.
    pub fn append(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for level in 0.. {
            if level == self.levels.len() {
                self.levels.push(vec![]);
            }
            let row = &mut self.levels[level];
            row.push(hash);
            match row[..] {
                [.., ref left, ref right] if row.len().is_multiple_of(2) => hash = node_hash(left, right),
                _ => return,
            }
        }
    }

    pub fn node(&self, level: u32, index: u64) -> Option<Hash> {
        self.levels.get(level as usize)?.get(usize::try_from(index).ok()?).copied()
    }

    /// The root over the first `size` entries, where there are that many.
    pub fn root(&self, size: u64) -> Option<Hash> {
        root(size, &|level, index| self.node(level, index))
    }

    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        inclusion(index, size, &|level, index| self.node(level, index))
    }

    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        consistency(old, new, &|level, index| self.node(level, index))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::hex;

    /// The definitions of RFC 6962, section 2.1, as they stand there: no nodes kept, everything hashed anew.
    mod naive {
        use super::*;

        fn k(n: usize) -> usize {
            (0..).map(|i| 1 << i).take_while(|k| *k < n).last().expect("more than one")
        }

        pub fn mth(d: &[Vec<u8>]) -> Hash {
            match d {
                [] => Sha256::digest(b"").into(),
                [one] => leaf_hash(one),
                _ => node_hash(&mth(&d[..k(d.len())]), &mth(&d[k(d.len())..])),
            }
        }

        pub fn path(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
            if d.len() == 1 {
                return vec![];
            }
            let (left, right) = d.split_at(k(d.len()));
            let (mut steps, last) = if m < left.len() { (path(m, left), mth(right)) } else { (path(m - left.len(), right), mth(left)) };
            steps.push(last);
            steps
        }

        pub fn proof(m: usize, d: &[Vec<u8>]) -> Vec<Hash> {
            if m == 0 { vec![] } else { subproof(m, d, true) }
        }

        fn subproof(m: usize, d: &[Vec<u8>], whole: bool) -> Vec<Hash> {
            if m == d.len() {
                return if whole { vec![] } else { vec![mth(d)] };
            }
            let (left, right) = d.split_at(k(d.len()));
            let (mut steps, last) = if m <= left.len() { (subproof(m, left, whole), mth(right)) } else { (subproof(m - left.len(), right, false), mth(left)) };
            steps.push(last);
            steps
        }
    }

    fn entries(count: u64) -> Vec<Vec<u8>> {
        (0..count).map(|i| format!("entry {i}").into_bytes()).collect()
    }

    fn tree_of(count: u64) -> Tree {
        Tree::of(entries(count).iter().map(|e| leaf_hash(e)))
    }

    #[test]
    fn the_hashes_that_others_publish() {
        assert_eq!(hex(&EMPTY), hex(&Sha256::digest(b"")));
        // The test tree of the Certificate Transparency project: eight inputs, and the root after each.
        let inputs: [&[u8]; 8] = [&[], &[0], &[0x10], &[0x20, 0x21], &[0x30, 0x31], &[0x40, 0x41, 0x42, 0x43], &[0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57], &[0x60; 16]];
        let mut last = inputs.map(<[u8]>::to_vec);
        last[7] = (0x60..0x70).collect();
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let tree = Tree::of(last.iter().map(|d| leaf_hash(d)));
        for (size, root) in (1..).zip(roots) {
            assert_eq!(tree.root(size).map(|r| hex(&r)).as_deref(), Some(root), "size {size}");
        }
    }

    #[test]
    fn roots_and_proofs_are_those_of_the_definition_at_every_size() {
        let (entries, tree) = (entries(300), tree_of(300));
        for size in 0..=300u64 {
            let d = &entries[..size as usize];
            assert_eq!(tree.root(size), Some(naive::mth(d)), "the root of {size}");
            assert_eq!(tree_of(size).root(size), tree.root(size), "appending more changes no older root");
            // The definition costs much: every proof of small trees, some of large ones.
            let step = if size <= 65 { 1 } else { 37 };
            for m in (0..=size).step_by(step) {
                assert_eq!(tree.consistency(m, size), Some(naive::proof(m as usize, d)), "{m} before {size}");
                assert_eq!(tree.inclusion(m, size), (m < size).then(|| naive::path(m as usize, d)), "{m} in {size}");
            }
        }
        assert_eq!(tree.root(301), None);
        assert_eq!(tree.inclusion(0, 301), None);
        assert_eq!(tree.consistency(7, 301), None);
        assert_eq!(tree.consistency(8, 7), None);
    }

    #[test]
    fn every_proof_of_every_pair_of_sizes_holds_and_for_no_other_place() {
        let tree = tree_of(301);
        let roots: Vec<Hash> = (0..=301).map(|n| tree.root(n).expect("a root")).collect();
        for new in 0..=300u64 {
            let root = &roots[new as usize];
            for index in 0..new {
                let (leaf, path) = (tree.node(0, index).expect("a leaf"), tree.inclusion(index, new).expect("a proof"));
                assert!(included(&leaf, index, new, root, &path), "{index} in {new}");
                assert!(!included(&leaf, index ^ 1, new, root, &path), "{index} in {new}, as its neighbour");
                assert!(!included(&leaf, index, new + 1, &roots[new as usize + 1], &path), "{index} in {new}, as of {}", new + 1);
                assert!(!included(&leaf, index + new, new, root, &path));
            }
            for old in 0..=new {
                let (old_root, path) = (&roots[old as usize], tree.consistency(old, new).expect("a proof"));
                assert!(consistent(old, old_root, new, root, &path), "{old} before {new}");
                assert!(!consistent(old, old_root, new + 1, &roots[new as usize + 1], &path) || old == 0, "{old} before {new}, as before {}", new + 1);
                assert!(!consistent(old, &roots[old as usize + 1], new, root, &path), "{old} before {new}, with another old root");
                assert!(!consistent(new, root, old, old_root, &path) || old == new, "backwards");
            }
        }
        // The empty tree has one root, and nothing to prove.
        assert!(!consistent(0, &[0; 32], 5, &roots[5], &[]));
        assert!(!consistent(0, &EMPTY, 0, &[0; 32], &[]));
        assert!(!consistent(0, &EMPTY, 5, &roots[5], &[EMPTY]));
    }

    #[test]
    fn a_proof_that_is_changed_anywhere_is_refused() {
        let tree = tree_of(70);
        let each_change = |path: &[Hash], holds: &dyn Fn(&[Hash]) -> bool| {
            assert!(holds(path));
            for bit in 0..path.len() * 256 {
                let mut bad = path.to_vec();
                bad[bit / 256][bit % 256 / 8] ^= 1 << (bit % 8);
                assert!(!holds(&bad), "bit {bit}");
            }
            for step in 0..path.len() {
                let mut bad = path.to_vec();
                bad.remove(step);
                assert!(!holds(&bad), "without step {step}");
                bad.insert(step, path[step]);
                bad.insert(step, path[step]);
                assert!(!holds(&bad), "step {step} twice");
                if step > 0 {
                    bad = path.to_vec();
                    bad.swap(step - 1, step);
                    assert!(!holds(&bad), "steps {step} and before it swapped");
                }
            }
            let mut longer = path.to_vec();
            longer.push([0; 32]);
            assert!(!holds(&longer), "a step more");
        };
        for (index, size) in [(0, 1), (0, 2), (1, 2), (2, 3), (6, 7), (31, 64), (64, 65), (68, 70)] {
            let (leaf, root) = (tree.node(0, index).expect("a leaf"), tree.root(size).expect("a root"));
            each_change(&tree.inclusion(index, size).expect("a proof"), &|path| included(&leaf, index, size, &root, path));
        }
        for (old, new) in [(0, 5), (1, 2), (2, 3), (3, 4), (4, 7), (7, 8), (6, 6), (32, 64), (33, 70), (64, 70), (69, 70)] {
            let (before, after) = (tree.root(old).expect("a root"), tree.root(new).expect("a root"));
            each_change(&tree.consistency(old, new).expect("a proof"), &|path| consistent(old, &before, new, &after, path));
        }
    }

    #[test]
    fn large_sizes_are_only_numbers() {
        // A tree of equal leaves has a node for every level, however large it is.
        let mut level = vec![leaf_hash(b"x")];
        (1..64).for_each(|k: usize| level.push(node_hash(&level[k - 1], &level[k - 1])));
        let nodes = |k: u32, _| level.get(k as usize).copied();
        for size in [MAX_SIZE, MAX_SIZE - 1, 1 << 62, (1 << 62) + 1, (1 << 40) + 12345] {
            let whole = root(size, &nodes).expect("a root");
            for index in [0, 1, size / 2, size - 1] {
                let path = inclusion(index, size, &nodes).expect("a proof");
                assert!(path.len() <= 63 && included(&level[0], index, size, &whole, &path), "{index} in {size}");
            }
            for old in [1, 2, 3, size / 3, size - 1, size] {
                let path = consistency(old, size, &nodes).expect("a proof");
                assert!(path.len() <= 64 && consistent(old, &root(old, &nodes).expect("a root"), size, &whole, &path), "{old} before {size}");
            }
        }
    }
}
