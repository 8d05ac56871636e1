-- Asks which commands the caller's user of Redis may not send, and sends none of them.
-- ARGV[1…] of each command how many words it has, then its words
-- Returns  {number, ...} of those that are refused, from 1 on; {} where the server cannot say: Garnet, and Redis before 7
local may = redis.acl_check_cmd
local refused, number, i = {}, 0, 1
while may and i <= #ARGV do
  local words = tonumber(ARGV[i])
  number = number + 1
  if not may(unpack(ARGV, i + 1, i + words)) then
    refused[#refused + 1] = number
  end
  i = i + words + 1
end
return refused
