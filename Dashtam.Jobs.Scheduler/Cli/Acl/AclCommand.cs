using System.CommandLine;
using Dashtam.Jobs.Core.Logging;
using Dashtam.Jobs.Core.Queue.Acl;
using Dashtam.Jobs.Scheduler.Cli.Arguments;

namespace Dashtam.Jobs.Scheduler.Cli.Acl;

/// <summary><c>acl</c>: prints Redis' users for the settings in force. Connects to nothing.</summary>
internal static class AclCommand
{
    private const string SetUser = "setuser";
    private const string AclFile = "file";
    private const string Queue = "queue";
    private const string Notices = "notices";
    private const string Sentinel = "sentinel";

    public static Command Create(IConfiguration configuration)
    {
        var server = new Option<string>("--server")
        {
            Description = "Whose users: the queue's server, that of SSE_REDIS_URL, or Sentinels.",
            DefaultValueFactory = _ => Queue,
        };
        server.AcceptOnlyFromAmong(Queue, Notices, Sentinel);
        var queue = QueueOption.Create("A queue that JOBS_QUEUE_URLS puts on a server of its own: that server's users. Unless it is said, those of REDIS_URL.");
        var format = new Option<string>("--format")
        {
            Description = "Lines for redis-cli, or for the file that aclfile names.",
            DefaultValueFactory = _ => SetUser,
        };
        format.AcceptOnlyFromAmong(SetUser, AclFile);
        var withoutKill = new Option<bool>("--without-client-kill")
        {
            Description = "No right to end connections, which Redis cannot narrow to the user's own.",
        };
        var command = new Command("acl", "Print users of Redis for the settings in force. Replace each change-me-… by a password of "
            + "its own. Ends with 0; 2: a setting is wrong.")
        {
            server, queue, format, withoutKill,
        };
        command.SetAction((parsed, _) => RunAsync(
            configuration,
            parsed.GetValue(format) == AclFile ? "user " : "ACL SETUSER ",
            read => parsed.GetValue(server) switch
            {
                Notices => AclUsers.OnNotices,
                Sentinel => AclUsers.OnSentinels,
                _ => read.Users(parsed.GetValue(queue), mayKill: !parsed.GetValue(withoutKill)),
            }));
        return command;
    }

    private static async Task<int> RunAsync(
        IConfiguration configuration, string before, Func<AclSource, IEnumerable<AclUser>> users)
    {
        try
        {
            foreach (var user in users(new AclSource(configuration)))
            {
                await Console.Out.WriteLineAsync(before + user);
            }

            return ExitCodes.Ok;
        }
        catch (Exception error) when (StartupFailure.SettingProblem(error) is { Length: > 0 } problem)
        {
            await Console.Error.WriteLineAsync(problem);
            return ExitCodes.CouldNotRun;
        }
    }
}
