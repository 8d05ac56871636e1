-- Raises the counter of entries to a number that it has given out before, for instance after a loss of data, or when it is no
-- number any more.
-- KEYS[1]  {q}:seq  STRING  counter
-- ARGV[1]  the number
-- Returns  1 raised | 0 it is there already
local sequence = KEYS[1]
local number = ARGV[1]

local text = redis.call('GET', sequence) or '0'
local counts = #text <= 18 and (text == '0' or string.find(text, '^-?[1-9]%d*$'))
if counts and tonumber(text) >= tonumber(number) then
  return 0
end

redis.call('SET', sequence, number)
return 1
