package preview

import (
	"container/list"
	"sync"
	"time"
)

// entry is a kept answer: something to play, or the error that there is nothing.
type entry struct {
	playable Playable
	err      error
	until    time.Time
}

// cache keeps the answers that were used last, at most size of them.
type cache struct {
	size int

	mu    sync.Mutex
	order list.List // of *slot, last used first
	slots map[string]*list.Element
}

type slot struct {
	key   string
	entry entry
}

func newCache(size int) *cache { return &cache{size: size, slots: map[string]*list.Element{}} }

// get returns a kept answer that is still good at now, and drops one that is not.
func (c *cache) get(key string, now time.Time) (entry, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	element, ok := c.slots[key]
	if !ok {
		return entry{}, false
	}
	kept := element.Value.(*slot)
	if !now.Before(kept.entry.until) {
		c.order.Remove(element)
		delete(c.slots, key)
		return entry{}, false
	}
	c.order.MoveToFront(element)
	return kept.entry, true
}

// put keeps an answer in place of an earlier one. One that is not good any more is not kept.
func (c *cache) put(key string, e entry, now time.Time) {
	if c.size == 0 || !now.Before(e.until) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if element, ok := c.slots[key]; ok {
		element.Value.(*slot).entry = e
		c.order.MoveToFront(element)
		return
	}
	c.slots[key] = c.order.PushFront(&slot{key, e})
	if c.order.Len() > c.size {
		oldest := c.order.Back()
		c.order.Remove(oldest)
		delete(c.slots, oldest.Value.(*slot).key)
	}
}
