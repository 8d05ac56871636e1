namespace Dashtam.Jobs.Core.Queue.Fsck;

/// <summary>How far a run has come.</summary>
/// <param name="Check">What is being checked.</param>
/// <param name="Done">Checks that are done.</param>
/// <param name="Checks">Checks in all.</param>
/// <param name="Fraction">How much of this check is done, 0 to 1; an estimate while the queue moves.</param>
/// <param name="Examined">Keys and entries looked at so far.</param>
public readonly record struct FsckProgress(string Check, int Done, int Checks, double Fraction, long Examined)
{
    /// <summary>How much of the run is done, 0 to 1.</summary>
    public double Share => (Done + Fraction) / Checks;
}
