package tagging

// LabelAffect is what the label table expects of a picture: the mean of the labels' affects under the probabilities
// softmax(logits / temperature), with the deviation of the mixture as its spread. A temperature below 1 believes the
// network more than it believes itself. It is not Known where logits are not those of ImageNet-1k or temperature is not
// positive.
func LabelAffect(logits []float32, temperature float64) Estimate {
	if len(logits) != labelCount || !(temperature > 0) {
		return Estimate{Spread: UnknownSpread}
	}
	scaled := make([]float32, len(logits))
	for i, x := range logits {
		scaled[i] = x / float32(temperature)
	}
	var mixture affectMixture
	labels := ImageNetLabels()
	for i, share := range softmax(scaled) {
		mixture.add(labels[i].Affect, share)
	}
	return mixture.estimate()
}
