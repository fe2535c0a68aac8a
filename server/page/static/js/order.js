// "Without this": the order of the songs that are there if some parts of the score did not count. It is computed from
// the numbers of the answer: what is left of the contributions, over what is left of the weights.

/** Returns the picks, best first, each with shownScore and with scale, by which its contributions are stretched. */
export function order(picks, without) {
  const ranked = picks.map((pick) => {
    const kept = pick.parts.filter((p) => !without.includes(p.name));
    const weight = kept.reduce((sum, p) => sum + p.weight, 0);
    if (without.length === 0 || kept.length === pick.parts.length) return Object.assign(pick, { shownScore: pick.score, scale: 1 });
    const scale = weight > 0 ? 1 / weight : 0;
    return Object.assign(pick, { shownScore: kept.reduce((sum, p) => sum + p.contribution, 0) * scale, scale });
  });
  // The answer's own order is kept as it is: diversity has a say in it, not only the score.
  return without.length === 0 ? ranked : ranked.toSorted((a, b) => b.shownScore - a.shownScore);
}
