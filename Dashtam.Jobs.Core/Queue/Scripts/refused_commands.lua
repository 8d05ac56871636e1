-- Asks which commands the caller's user of Redis may not send, and sends none of them.
-- ARGV[1…] of each command how many words it has, then its words
-- Returns  {number, ...} of those that are refused, from 1 on; {} where the server cannot say: Redis before 7. Garnet, which has no such rights here, allows all
local may = redis.acl_check_cmd
local longest = 3 -- how many words the longest of these commands needs beyond its key

-- Redis 8 answers with an error where a command has fewer words than it takes: empty words are added until there are enough. A command
-- that still has no answer is not known to the server (rename-command), so nobody may send it.
local function is_allowed(words)
  for _ = 0, longest do
    local is_answered, answer = pcall(may, unpack(words))
    if is_answered then
      return answer
    end
    words[#words + 1] = ''
  end
  return false
end

local refused, number, i = {}, 0, 1
while may and i <= #ARGV do
  local count = tonumber(ARGV[i])
  local words = { unpack(ARGV, i + 1, i + count) }
  number = number + 1
  if not is_allowed(words) then
    refused[#refused + 1] = number
  end
  i = i + count + 1
end
return refused
