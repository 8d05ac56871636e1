using System.CommandLine;
using Dashtam.Jobs.Faults;
using Dashtam.Jobs.Faults.Checking;
using Dashtam.Jobs.Faults.Lab;
using Dashtam.Jobs.Faults.PythonSchedules;
using Dashtam.Jobs.Faults.Soak;

if (args is [SteppedScheduler.Verb])
{
    return await SteppedScheduler.RunAsync();
}

if (args is [DeadlockedScheduler.Verb])
{
    return await DeadlockedScheduler.RunAsync();
}

var seed = new Option<int?>("--seed") { Description = "replays an earlier run's faults; by default drawn, and printed" };
var faults = new Option<int>("--faults") { Description = "how many faults", DefaultValueFactory = _ => 1_000 };
var output = new Option<string>("--output")
{
    Description = "where history, logs and report go",
    DefaultValueFactory = _ => Path.Combine("TestResults", "faults"),
};
var otherBuild = new Option<string?>("--other-build")
{
    Description = "another commit's build of this suite, whose workers and schedulers take turns with this one's (bench/build-commit.sh)",
};
var notPromised = new Option<RuleName[]>("--not-promised")
{
    Description = "rules that the other build does not promise, and that are not checked",
    AllowMultipleArgumentsPerToken = true,
};
notPromised.Validators.Add(result =>
{
    if (result.Tokens.Count > 0 && result.GetValue(otherBuild) is null)
    {
        result.AddError("--not-promised needs --other-build: this build promises all of them");
    }
});
var root = new RootCommand("Runs workers and schedulers on a real Redis, breaks everything, and checks what was promised.")
{
    seed, faults, output, otherBuild, notPromised,
};
var minutes = new Option<int>("--minutes") { Description = "how long", DefaultValueFactory = _ => 30 };
var soak = new Command("soak", "Half load without faults: how fast memory, handles and keys grow.") { minutes };
soak.SetAction((parsed, _) => SayWhatFailsAsync(SoakCommand.RunAsync(parsed.GetValue(minutes), Path.Combine("TestResults", "soak"))));
root.Add(soak);
var seconds = new Option<int>("--seconds") { Description = "for how long schedulers are killed", DefaultValueFactory = _ => 180 };
var fixtures = new Option<string>("--fixtures")
{
    Description = "where TaskIQ's captured entries are",
    DefaultValueFactory = _ => Path.Combine("Dashtam.Jobs.Tests", "Fixtures"),
};
var python = new Command("python-schedules", "Schedules of Python producers while schedulers are killed, and what idle ones cost.")
{
    seconds, fixtures,
};
python.SetAction((parsed, _) => SayWhatFailsAsync(PythonSchedulesCommand.RunAsync(
    parsed.GetValue(seconds), parsed.GetValue(fixtures)!, Path.Combine("TestResults", "python-schedules"))));
root.Add(python);
root.SetAction((parsed, _) =>
    SayWhatFailsAsync(FaultCommand.RunAsync(
        parsed.GetValue(seed), parsed.GetValue(faults), parsed.GetValue(output)!, parsed.GetValue(otherBuild),
        parsed.GetValue(notPromised) ?? [])));
return await root.Parse(args).InvokeAsync();

static async Task<int> SayWhatFailsAsync(Task<int> run)
{
    try
    {
        return await run;
    }
    catch (LaboratoryException error)
    {
        await Console.Error.WriteLineAsync($"the suite cannot go on, and says nothing about the promises: {error.Message}");
        return 2;
    }
}
