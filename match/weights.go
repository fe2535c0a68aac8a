package match

// Indices of the parts in tables, in the order in which a pick lists them.
const (
	affectPart = iota
	conceptsPart
	jointPart
	eraPart
	palettePart
	priorPart
	partCount
)

var partOrder = [partCount]PartName{PartAffect, PartConcepts, PartJoint, PartEra, PartPalette, PartPrior}

// defaultWeights is explained in the package comment. It holds for a picture whose mood is sure and whose age is known.
var defaultWeights = [partCount]float64{
	affectPart: .45, conceptsPart: .35, jointPart: .08, eraPart: .05, palettePart: .04, priorPart: .03,
}

// DefaultWeights returns a copy of the default table, which sums to 1. See the package comment for its reasons.
func DefaultWeights() map[PartName]float64 {
	weights := make(map[PartName]float64, partCount)
	for i, name := range partOrder {
		weights[name] = defaultWeights[i]
	}
	return weights
}

// atmosphereReach is how much of the giving part's weight the atmosphere dial moves when fully turned. Some is left, so
// that a picture is never ranked without its mood or its imagery.
const atmosphereReach = .8

// turnAtmosphere moves weight from concepts to affect for t > 0 and back for t < 0. It keeps their sum.
func turnAtmosphere(weights *[partCount]float64, t float64) {
	from, to, share := conceptsPart, affectPart, t
	if t < 0 {
		from, to, share = affectPart, conceptsPart, -t
	}
	moved := weights[from] * share * atmosphereReach
	weights[from] -= moved
	weights[to] += moved
}
