package vision

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/lucasb-eyer/go-colorful"
)

const (
	maxSwatches = 6
	maxRounds   = 12
	// mergeDistance is how far apart two swatches are at least, in the metric of point: about three just noticeable
	// differences.
	mergeDistance = 0.06
	// minShare is the least share that a swatch stands for.
	minShare = 0.01
)

// point is a colour in OKLab with a and b doubled: the distance that CSS Color 4 calls ΔE OK2, which follows CIEDE2000
// better than plain OKLab does.
type point [3]float64

func pointOf(l, a, b float64) point { return point{l, 2 * a, 2 * b} }

func (p point) colour() colorful.Color { return colorful.OkLab(p[0], p[1]/2, p[2]/2).Clamped() }

// squared is the squared distance of p and q.
func (p point) squared(q point) float64 {
	dl, da, db := p[0]-q[0], p[1]-q[1], p[2]-q[2]
	return dl*dl + da*da + db*db
}

// cluster is a group of points with their mean.
type cluster struct {
	mean point
	n    float64
}

// swatches groups colours by k-means++ (Arthur & Vassilvitskii 2007) with a fixed seed, joins groups that look alike,
// and gives tiny ones to their neighbours.
func swatches(samples []xyz) []Swatch {
	points := make([]point, len(samples))
	for i, s := range samples {
		points[i] = pointOf(colorful.XyzToOkLab(s[0], s[1], s[2]))
	}
	groups := kMeans(points, seedMeans(points))
	groups = mergeAlike(groups)
	slices.SortStableFunc(groups, func(a, b cluster) int {
		return cmp.Or(cmp.Compare(b.n, a.n), cmp.Compare(a.mean[0], b.mean[0]))
	})
	out := make([]Swatch, len(groups))
	for i, g := range groups {
		s := Swatch{Share: g.n / float64(len(points))}
		s.R, s.G, s.B = g.mean.colour().RGB255()
		s.Name, s.Family = colourName(g.mean)
		out[i] = s
	}
	return out
}

// seedMeans picks starting means: the first at random, each further one with a probability that grows with the squared
// distance to the nearest one so far. It stops early when all points are taken.
func seedMeans(points []point) []point {
	rng := rand.New(rand.NewPCG(0x5eed, 0xc0105))
	means := []point{points[rng.IntN(len(points))]}
	nearest := make([]float64, len(points))
	for i, p := range points {
		nearest[i] = p.squared(means[0])
	}
	for len(means) < maxSwatches {
		total := 0.0
		for _, d := range nearest {
			total += d
		}
		if total <= 0 {
			break
		}
		target, chosen := rng.Float64()*total, len(points)-1
		for i, d := range nearest {
			if target -= d; target < 0 {
				chosen = i
				break
			}
		}
		means = append(means, points[chosen])
		for i, p := range points {
			nearest[i] = min(nearest[i], p.squared(points[chosen]))
		}
	}
	return means
}

// kMeans runs Lloyd's iterations from means until nothing moves.
func kMeans(points, means []point) []cluster {
	owner := make([]int, len(points))
	groups := make([]cluster, len(means))
	for round := range maxRounds {
		moved := round == 0
		for i := range points {
			best := nearestMean(&points[i], means)
			if owner[i] != best {
				owner[i], moved = best, true
			}
		}
		if !moved {
			break
		}
		clear(groups)
		for i, p := range points {
			g := &groups[owner[i]]
			g.n++
			for c := range p {
				g.mean[c] += p[c]
			}
		}
		for k := range groups {
			g := &groups[k]
			if g.n == 0 {
				g.mean = means[k]
				continue
			}
			for c := range g.mean {
				g.mean[c] /= g.n
			}
			means[k] = g.mean
		}
	}
	return slices.DeleteFunc(groups, func(g cluster) bool { return g.n == 0 })
}

// nearestMean is the index of the mean that is nearest to p, the first of equals.
func nearestMean(p *point, means []point) int {
	best, distance := 0, math.Inf(1)
	for k := range means {
		m := &means[k]
		dl, da, db := p[0]-m[0], p[1]-m[1], p[2]-m[2]
		if d := dl*dl + da*da + db*db; d < distance {
			best, distance = k, d
		}
	}
	return best
}

// mergeAlike joins the two groups with the nearest means as long as these look alike or one of the two is tiny.
func mergeAlike(groups []cluster) []cluster {
	total := 0.0
	for _, g := range groups {
		total += g.n
	}
	for len(groups) > 1 {
		a, b, distance := -1, -1, 0.0
		for i := range groups {
			for j := i + 1; j < len(groups); j++ {
				d := groups[i].mean.squared(groups[j].mean)
				tiny := min(groups[i].n, groups[j].n) < minShare*total
				if (tiny || d < mergeDistance*mergeDistance) && (a < 0 || d < distance) {
					a, b, distance = i, j, d
				}
			}
		}
		if a < 0 {
			break
		}
		groups[a] = groups[a].join(groups[b])
		groups = slices.Delete(groups, b, b+1)
	}
	return groups
}

// join is the group of all points of both.
func (g cluster) join(o cluster) cluster {
	n := g.n + o.n
	for c := range g.mean {
		g.mean[c] = (g.mean[c]*g.n + o.mean[c]*o.n) / n
	}
	g.n = n
	return g
}
