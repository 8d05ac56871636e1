namespace Dashtam.Jobs.Tests.Support;

/// <summary>A test that needs what the embedded server cannot do: <see cref="OnEachServerAttribute"/> skips it there.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NotOnGarnetAttribute(string reason) : Attribute
{
    /// <summary>What the embedded server cannot do.</summary>
    public string Reason => reason;
}
