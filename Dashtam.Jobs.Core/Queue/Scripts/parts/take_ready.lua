-- Part of fetch: moves the oldest ready envelopes to a processing list and appends them to the reply. Those that come after the one that
-- reaches the limit of bytes are put back: how large an envelope is shows only when it has been popped.
-- lists: ready LIST, processing LIST.
-- Goes on when Redis is full: its first write, an RPOP, needs no memory.
-- Returns  bytes taken; 0: nothing is ready
local function take_ready(lists, number, most_bytes, largest, reply, too_large)
  local envelopes = redis.call('RPOP', lists.ready, number) or {}
  if type(envelopes) == 'string' then -- Garnet's answer when it pops one; Redis' is a table of one
    envelopes = { envelopes }
  end
  local kept, bytes, back = {}, 0, {}
  for i = 1, #envelopes do
    local envelope = envelopes[i]
    if bytes >= most_bytes then
      table.insert(back, 1, envelope) -- the oldest is pushed last
    else
      bytes = bytes + #envelope + 1 -- an empty one is one, too
      if #envelope <= largest or not too_large(envelope) then
        kept[#kept + 1] = envelope
        reply[#reply + 1] = envelope
      end
    end
  end
  if #back > 0 then
    redis.call('RPUSH', lists.ready, unpack(back))
  end
  if #kept > 0 then
    redis.call('LPUSH', lists.processing, unpack(kept))
  end
  return bytes
end
