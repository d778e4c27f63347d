//! Which items of two runs are the same: strand by strand the longest common story.

use super::story::{Item, Strand};

/// Cells of the table that a strand may take; a longer one is compared only up to where it parts and from where it joins.
const CELLS: usize = 1 << 20;

/// For each item its partner in the other run.
pub(super) fn pairs(a: &[Item], b: &[Item]) -> (Vec<Option<usize>>, Vec<Option<usize>>) {
    let (mut with_a, mut with_b) = (vec![None; a.len()], vec![None; b.len()]);
    let mut done: Vec<Strand> = Vec::new();
    for item in a {
        if done.contains(&item.strand) {
            continue;
        }
        done.push(item.strand);
        let of_strand = |items: &[Item]| -> Vec<usize> {
            (0..items.len())
                .filter(|i| items[*i].strand == item.strand)
                .collect()
        };
        for (i, j) in common((a, of_strand(a)), (b, of_strand(b))) {
            with_a[i] = Some(j);
            with_b[j] = Some(i);
        }
    }
    (with_a, with_b)
}

/// The longest list of items that both have in this order, as pairs of places.
fn common((a, of_a): (&[Item], Vec<usize>), (b, of_b): (&[Item], Vec<usize>)) -> Vec<(usize, usize)> {
    let same = |i: usize, j: usize| a[of_a[i]].key == b[of_b[j]].key;
    let (n, m) = (of_a.len(), of_b.len());
    let least = n.min(m);
    let head = (0..least).take_while(|i| same(*i, *i)).count();
    let tail = (0..least - head)
        .take_while(|i| same(n - 1 - i, m - 1 - i))
        .count();
    let mut pairs: Vec<(usize, usize)> = (0..head).map(|i| (i, i)).collect();
    let (rows, columns) = (n - head - tail, m - head - tail);
    if (rows + 1).saturating_mul(columns + 1) <= CELLS {
        // best[i][j]: how much the rests from there have in common.
        let wide = columns + 1;
        let mut best = vec![0_u32; (rows + 1) * wide];
        for i in (0..rows).rev() {
            for j in (0..columns).rev() {
                best[i * wide + j] = if same(head + i, head + j) {
                    best[(i + 1) * wide + j + 1] + 1
                } else {
                    best[(i + 1) * wide + j].max(best[i * wide + j + 1])
                };
            }
        }
        let (mut i, mut j) = (0, 0);
        while i < rows && j < columns {
            if same(head + i, head + j) {
                pairs.push((head + i, head + j));
                i += 1;
                j += 1;
            } else if best[(i + 1) * wide + j] >= best[i * wide + j + 1] {
                i += 1;
            } else {
                j += 1;
            }
        }
    }
    pairs.extend((0..tail).rev().map(|i| (n - 1 - i, m - 1 - i)));
    pairs.into_iter().map(|(i, j)| (of_a[i], of_b[j])).collect()
}
