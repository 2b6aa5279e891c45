//! Ids of things that more than one service names.

kit::id_types! {
    /// A shopper.
    UserId;
    /// A shopper's address.
    AddressId;
    /// An operator.
    OperatorId;
    /// A back category.
    CategoryId;
    /// A brand or manufacturer.
    BrandId;
    /// A product (SPU).
    SpuId;
    /// A variant that is sold (SKU).
    SkuId;
    /// A review, and the right to write it.
    ReviewId;
    /// An order.
    OrderId;
    /// A line of an order.
    OrderLineId;
    /// An intent to pay an order; has attempts.
    PaymentId;
    /// One attempt to pay by one channel; its number is the channel's `out_trade_no`.
    AttemptId;
    /// A refund; its number is the channel's `out_refund_no`.
    RefundId;
    /// A parcel.
    ParcelId;
    /// Stock that was moved out of what anybody may order, for one purpose: the SKU of a flash sale has the same number.
    AllotmentId;
    /// A flash-sale session.
    ActivityId;
}
