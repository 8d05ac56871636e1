-- Makes jobs ready, in the order given, but for those whose task id was enqueued lately: so an enqueue whose reply was lost
-- can be tried again. All or none: a full Redis refuses the first write.
-- KEYS[1]  q                   LIST    ready envelopes
-- KEYS[2…] {q}:once:id:{id}    STRING  this id was enqueued; one for each envelope, in their order
-- ARGV[1]  lifetime of the once-keys, seconds
-- ARGV[2…] envelopes
-- Returns  {number of each envelope that was enqueued before and is passed over, the first being 1}
-- include wrong_type.lua
local ready, ttl = KEYS[1], ARGV[1]

local wrong = wrong_type(ready, 'list')
if wrong then
  return wrong
end

local fresh, before = {}, {}
for i = 2, #KEYS do
  local once = KEYS[i]
  if redis.call('SET', once, '1', 'NX', 'EX', ttl) then
    fresh[#fresh + 1] = ARGV[i]
  else
    before[#before + 1] = i - 1
  end
end
if #fresh > 0 then
  redis.call('LPUSH', ready, unpack(fresh))
end
return before
