package match

import "github.com/soundtrack-go/sdk/catalog"

// Pick is a recommended song with its score and where the score comes from.
type Pick struct {
	Song  catalog.Song
	Score float64 // in [0, 1]; the sum of the parts' contributions
	Parts []Part  // in a fixed order: the parts that were present
	why   string
}

// Why says in one sentence why the song was picked. It is read off the parts' evidence, never invented.
func (p Pick) Why() string { return p.why }

// Part is one summand of a score.
type Part struct {
	Name         PartName
	Weight       float64  // share of this part; the weights of a pick's parts sum to 1
	Value        float64  // how well the song fits in this respect, in [0, 1]
	Contribution float64  // Weight × Value
	Evidence     []string // short facts for people, strongest first; never empty
}

// PartName names a part of the hybrid score.
type PartName string

// The parts, in the order in which a [Pick] lists them.
const (
	PartAffect   PartName = "affect"   // exp(−‖ΔVA‖/σ): the mood of picture and song
	PartConcepts PartName = "concepts" // cosine of the concept vectors: shared imagery and themes
	PartJoint    PartName = "joint"    // similarity in the encoder's picture–text space
	PartEra      PartName = "era"      // nearness of the song's year to the wanted era
	PartPalette  PartName = "palette"  // colour brightness and activity against the song's sound
	PartPrior    PartName = "prior"    // quality of the song's metadata, not fame
)
