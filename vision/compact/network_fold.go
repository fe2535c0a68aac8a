package compact

import (
	"context"
	"math"
)

// folded reads the weights of c and folds its batch normalisation into them.
//
//	scale[o] = γ[o] / √(σ²[o] + ε)
//	weight[o, …] = w[o, …] · scale[o]        bias[o] = β[o] − μ[o] · scale[o]
//
// All arithmetic is float64 and rounded to float32 once. Go may fuse x·y + z into one rounding on some processors (arm64,
// ppc64, s390x) but not across an explicit conversion, which is why each product is converted: results are the same on
// every platform, to the last bit.
func (c conv) folded(ctx context.Context, from *checkpoint) (weight, bias []float32, err error) {
	weight, err = from.float32s(ctx, c.weight, c.shape()...)
	if err != nil {
		return nil, nil, err
	}
	var norm [4][]float32
	for i, field := range []string{"weight", "bias", "running_mean", "running_var"} {
		if norm[i], err = from.float32s(ctx, c.norm+"."+field, c.out); err != nil {
			return nil, nil, err
		}
	}
	gamma, beta, mean, variance := norm[0], norm[1], norm[2], norm[3]
	bias = make([]float32, c.out)
	group := len(weight) / c.out
	for o := range c.out {
		if variance[o] < 0 {
			return nil, nil, refuse("tensor %q: negative variance", c.norm+".running_var")
		}
		scale := float64(gamma[o]) / math.Sqrt(float64(float64(variance[o])+batchNormEps))
		for i := o * group; i < (o+1)*group; i++ {
			weight[i] = float32(float64(float64(weight[i]) * scale))
			if math.IsInf(float64(weight[i]), 0) {
				return nil, nil, refuse("tensor %q: a folded weight is not finite", c.weight)
			}
		}
		bias[o] = float32(float64(beta[o]) - float64(float64(mean[o])*scale))
		if math.IsInf(float64(bias[o]), 0) {
			return nil, nil, refuse("tensor %q: a folded bias is not finite", c.norm+".bias")
		}
	}
	return weight, bias, nil
}
