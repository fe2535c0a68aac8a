package compact

// Values of the pickle interpreter: nil, bool, int64, string, and the types below.
// Nothing walks them recursively, so that a pickle which refers to itself does no harm.

// pickleTuple is never changed once made.
type pickleTuple []any

type pickleList struct{ items []any }

// pickleDict stands for dict and OrderedDict: checkpoints have only strings as keys, and we need no order.
type pickleDict struct{ items map[string]any }

// pickleGlobal is one of the names that a checkpoint may mention. It is a constant to compare with, never something to
// look up or call.
type pickleGlobal string

// The five names that a checkpoint may mention; everything else is refused.
const (
	globalOrderedDict      pickleGlobal = "collections.OrderedDict"
	globalRebuildTensor    pickleGlobal = "torch._utils._rebuild_tensor_v2"
	globalRebuildParameter pickleGlobal = "torch._utils._rebuild_parameter"
	globalFloatStorage     pickleGlobal = "torch.FloatStorage"
	globalLongStorage      pickleGlobal = "torch.LongStorage"
)

// allowedGlobal finds module.name in the list.
func allowedGlobal(module, name string) (pickleGlobal, bool) {
	switch g := pickleGlobal(module + "." + name); g {
	case globalOrderedDict, globalRebuildTensor, globalRebuildParameter, globalFloatStorage, globalLongStorage:
		return g, true
	}
	return "", false
}

// storageRef is a persistent id: a storage further down in the file.
type storageRef struct {
	kind  pickleGlobal // globalFloatStorage or globalLongStorage
	key   string
	count int64 // elements
}

// elementSize is the bytes of one element.
func (s storageRef) elementSize() int64 {
	if s.kind == globalLongStorage {
		return 8
	}
	return 4
}

// tensorRef is a view of a storage. Element (i, j, …) is storage element offset + i·stride[0] + j·stride[1] + ….
type tensorRef struct {
	storage storageRef
	offset  int64
	shape   []int
	stride  []int64
}

const (
	maxRank  = 8
	maxIndex = 1 << 31 // of offsets, sizes, strides and counts: products of maxRank terms stay far below 2⁶³
)

// newTensor checks the arguments of _rebuild_tensor_v2: storage, offset, size, stride, requires_grad, hooks.
func newTensor(args pickleTuple) (*tensorRef, string) {
	if len(args) != 6 {
		return nil, "a tensor record has six fields"
	}
	storage, ok1 := args[0].(storageRef)
	offset, ok2 := args[1].(int64)
	size, ok3 := args[2].(pickleTuple)
	stride, ok4 := args[3].(pickleTuple)
	if !ok1 || !ok2 || !ok3 || !ok4 {
		return nil, "a tensor record has a field of the wrong type"
	}
	if len(size) != len(stride) || len(size) > maxRank {
		return nil, "a tensor record has too many dimensions, or not one stride for each"
	}
	if offset < 0 || offset >= maxIndex {
		return nil, "a tensor's offset is out of range"
	}
	t := &tensorRef{storage: storage, offset: offset, shape: make([]int, len(size)), stride: make([]int64, len(size))}
	last, empty := offset, false
	for i := range size {
		n, ok1 := size[i].(int64)
		step, ok2 := stride[i].(int64)
		if !ok1 || !ok2 || n < 0 || n >= maxIndex || step < 0 || step >= maxIndex {
			return nil, "a tensor's size or stride is out of range"
		}
		t.shape[i], t.stride[i] = int(n), step
		if n == 0 {
			empty = true
			continue
		}
		// (n-1)·step < 2⁶²: compare before adding.
		if (n-1)*step > storage.count {
			return nil, "a tensor reaches beyond its storage"
		}
		last += (n - 1) * step
	}
	if !empty && last >= storage.count {
		return nil, "a tensor reaches beyond its storage"
	}
	return t, ""
}

// newStorage checks a persistent id: "storage", type, key, location, element count, None.
func newStorage(id any) (storageRef, string) {
	fields, ok := id.(pickleTuple)
	if !ok || len(fields) != 6 {
		return storageRef{}, "a storage record has six fields"
	}
	kind, ok1 := fields[1].(pickleGlobal)
	key, ok2 := fields[2].(string)
	_, ok3 := fields[3].(string)
	count, ok4 := fields[4].(int64)
	if !ok1 || !ok2 || !ok3 || !ok4 || fields[0] != "storage" || fields[5] != nil {
		return storageRef{}, "a storage record has a field of the wrong type"
	}
	if kind != globalFloatStorage && kind != globalLongStorage {
		return storageRef{}, "a storage record names something that is no storage type"
	}
	if count < 0 || count >= maxIndex {
		return storageRef{}, "a storage's element count is out of range"
	}
	return storageRef{kind: kind, key: key, count: count}, ""
}
