using Dashtam.Jobs.Core.Execution.Runs;
using NUnit.Framework;

namespace Dashtam.Jobs.Tests.Unit.Core.Execution.Runs;

[Category("Unit")]
internal sealed class RunStepsTests
{
    /// <summary>What may follow what, once more by hand: a line each for the states, in their order; <c>-</c> is a mistake.</summary>
    private static readonly Dictionary<RunStep, string> Table = new()
    {
        //                  Held      Begun     Called    Waiting   Abandoned Settled  Returned Ended
        [RunStep.Begin] = " Begun     -         -         -         -         -        -        -",
        [RunStep.Call] = "  -         Called    -         -         -         -        Returned Ended",
        [RunStep.Skip] = "  Held      Returned  -         -         Abandoned Settled  Returned Ended",
        [RunStep.Wait] = "  -         -         Waiting   -         Abandoned Settled  -        -",
        [RunStep.Abandon] = " -       -         Abandoned Abandoned Abandoned Settled  Returned Ended",
        [RunStep.Return] = " -        -         Returned  Returned  Returned  Ended    -        -",
        [RunStep.Settle] = " Ended    Ended     -         -         Settled   -        Ended    -",
    };

    public static IEnumerable<TestCaseData> Moves =>
        from step in Enum.GetValues<RunStep>()
        from state in Enum.GetValues<RunState>()
        select new TestCaseData(state, step, Cell(state, step));

    [TestCaseSource(nameof(Moves))]
    public void Each_step_leads_where_the_table_says_and_a_mistake_throws(RunState state, RunStep step, string after)
    {
        if (after == "-")
        {
            Assert.That(
                () => state.After(step),
                Throws.InvalidOperationException.With.Message.EqualTo($"{step} is not possible in the state {state}"));
        }
        else
        {
            Assert.That($"{state.After(step)}", Is.EqualTo(after));
        }
    }

    [Test]
    public void From_every_state_a_run_comes_to_its_end()
    {
        var ends = new HashSet<RunState> { RunState.Ended };
        foreach (var _ in Enum.GetValues<RunState>()) // no way is longer than the states
        {
            ends.UnionWith([..
                from step in Enum.GetValues<RunStep>()
                from state in Enum.GetValues<RunState>()
                where Cell(state, step) != "-" && ends.Contains(Enum.Parse<RunState>(Cell(state, step)))
                select state]);
        }

        Assert.That(ends, Is.EquivalentTo(Enum.GetValues<RunState>()));
    }

    private static string Cell(RunState state, RunStep step) =>
        Table[step].Split(' ', StringSplitOptions.RemoveEmptyEntries)[(int)state];
}
